// An OpenID Connect provider on loopback for tests: everybody who asks is the person that the form of its
// own sign-in page names. It prints its address, and ends with its standard input.
//
// node openid.mjs NODE_MODULES PORT RETURN_ADDRESS

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, port, returnTo] = process.argv.slice(2);
const require = createRequire(join(modules, "here.js"));
const { default: Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));

const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "wardmote",
      client_secret: "an invented secret: +/&",
      redirect_uris: [returnTo],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      application_type: "native",
    },
  ],
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
});
provider.on("server_error", (_, error) => console.error(error));
const server = provider.listen(Number(port), "127.0.0.1", () => console.log(issuer));
process.stdin.on("end", () => server.close(() => process.exit(0)));
process.stdin.resume();
