# Records what R's surveillance finds on the series of spikes_series.json (written by time.py), for the
# tests of wardmote-stats' spikes. Debian bookworm: apt-get install r-cran-surveillance r-cran-jsonlite,
# that is R 4.2.2 and surveillance 1.20.3.
#
#     Rscript benches/peers/farrington.R        # from the root of the repository
suppressMessages(library(surveillance))
stopifnot(packageVersion("surveillance") == "1.20.3")

# R's glm stops where the deviance moves by less than 1e-8 of itself, which leaves coefficients known to
# six digits at most; here it goes on until nothing moves.
to_the_end <- function(epsilon = 1e-14, maxit = 100, trace = FALSE) {
  list(epsilon = epsilon, maxit = maxit, trace = trace)
}
assignInNamespace("glm.control", to_the_end, "stats")

folder <- "crates/stats/tests/it/peers"
given <- jsonlite::fromJSON(file.path(folder, "spikes_series.json"), simplifyVector = FALSE)$cases
text <- function(x) jsonlite::toJSON(x, auto_unbox = TRUE, digits = I(10), na = "null")
tool <- sprintf("R surveillance %s", packageVersion("surveillance"))
record <- function(name, cases) {
  lines <- paste0("  ", vapply(cases, text, ""), collapse = ",\n")
  cat(sprintf('{"tool": "%s", "cases": [\n%s\n]}\n', tool, lines), file = file.path(folder, name))
  cat(name, length(cases), "cases\n")
}

flexible <- function(series, number, range, options) {
  made <- sts(unlist(series$counts), frequency = series$period)
  control <- c(list(range = range, glmWarnings = FALSE, powertrans = "2/3"), options)
  found <- farringtonFlexible(made, control = control)
  list(series = number, range = range - 1, options = options, expected = c(found@control$expected),
       upper = c(found@upperbound), alarm = c(found@alarm), dispersion = c(found@control$phiVector),
       p_value = c(found@control$pvalue), slope = c(found@control$trendVector))
}

original <- function(series, number, range, options) {
  made <- sts(unlist(series$counts), frequency = series$period)
  found <- farrington(made, control = c(list(range = range), options))
  list(series = number, range = range - 1, options = options, upper = c(found@upperbound),
       alarm = c(found@alarm), trend = c(found@control$trend))
}

cases <- list()
originals <- list()
for (number in seq_along(given)) {
  series <- given[[number]]
  monthly <- series$period == 12
  n <- length(series$counts)
  w <- if (monthly) 1 else 3
  range <- if (monthly) (n - 11):n else (n - 3):n
  for (method in c("delta", "nbPlugin", "muan")) {
    for (change in list(list(), list(pThresholdTrend = 1), list(reweight = FALSE, alpha = 0.01),
                        list(noPeriods = 1, trend = FALSE, weightsThreshold = 1))) {
      options <- modifyList(list(b = 5, w = w, noPeriods = 10, thresholdMethod = method, alpha = 0.05,
                                 reweight = TRUE, trend = TRUE, pThresholdTrend = 0.05,
                                 weightsThreshold = 2.58,
                                 pastWeeksNotIncluded = if (monthly) 3 else 26), change)
      cases[[length(cases) + 1]] <- flexible(series, number - 1, range, options)
    }
  }
  for (options in list(list(b = 5, w = 3, alpha = 0.05, reweight = TRUE, trend = TRUE),
                       list(b = 3, w = 2, alpha = 0.01, reweight = FALSE, trend = TRUE),
                       list(b = 4, w = 1, alpha = 0.01, reweight = TRUE, trend = FALSE))) {
    originals[[length(originals) + 1]] <- original(series, number - 1, range, options)
  }
}
record("farrington_flexible.json", cases)
record("farrington_original.json", originals)

cases <- list()
for (number in seq_along(given)) {
  series <- given[[number]]
  made <- sts(unlist(series$counts), frequency = series$period)
  for (options in list(list(method = "C1"), list(method = "C2"), list(method = "C3"),
                       list(method = "C1", baseline = 12, alpha = 0.01, minSigma = 2),
                       list(method = "C2", baseline = 5, minSigma = 1),
                       list(method = "C3", baseline = 9, alpha = 0.05))) {
    found <- earsC(made, control = options)
    cases[[length(cases) + 1]] <- list(series = number - 1, options = options,
                                       upper = c(found@upperbound), alarm = c(found@alarm))
  }
}
record("ears.json", cases)
