"""Generated series: the same on every machine, since nothing but whole numbers is drawn."""

import math

MULTIPLIER, INCREMENT, MODULUS = 6364136223846793005, 1442695040888963407, 2**64


class Generator:
    """Knuth's linear congruential generator, its upper 53 bits read as a number from 0 to 1."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (self.state * MULTIPLIER + INCREMENT) % MODULUS
        return (self.state >> 11) / 2**53

    def poisson(self, mean):
        """By inversion, from the logarithm so that large means do not underflow."""
        target, k, log_term, total = self.uniform(), 0, -mean, 0.0
        while True:
            total += math.exp(log_term)
            if target <= total or k > 20 * mean + 100:
                return k
            k += 1
            log_term += math.log(mean / k)

    def negative_binomial(self, mean, dispersion):
        """Variance `dispersion` times the mean, by inversion."""
        if dispersion <= 1.0:
            return self.poisson(mean)
        size, success = mean / (dispersion - 1.0), 1.0 / dispersion
        target, k, total = self.uniform(), 0, 0.0
        log_term = size * math.log(success)
        while True:
            total += math.exp(log_term)
            if target <= total or k > 20 * mean + 100 * dispersion:
                return k
            log_term += math.log((size + k) / (k + 1) * (1.0 - success))
            k += 1


def series(seed, n, mean, dispersion=1.0, amplitude=0.0, slope=0.0, period=12, bursts=()):
    """Counts with a season (a cosine on the log scale), a slope a step, and months multiplied."""
    generator = Generator(seed)
    counts = []
    for t in range(n):
        log_mean = math.log(mean) + slope * t + amplitude * math.cos(2 * math.pi * t / period)
        factor = dict(bursts).get(t, 1.0)
        counts.append(generator.negative_binomial(math.exp(log_mean) * factor, dispersion))
    return counts
