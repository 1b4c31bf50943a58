# Times R's surveillance on the first series of a file, for time_speed.py: the last month of each against
# so many years, as crates/stats/examples/time_speed.rs has it. Prints seconds.
suppressMessages(library(surveillance))
given <- commandArgs(trailingOnly = TRUE)
lines <- head(readLines(given[1]), as.integer(given[2]))
years <- if (length(given) > 2) as.integer(given[3]) else 3
made <- lapply(strsplit(lines, " "), function(line) sts(as.integer(line), frequency = 12))
control <- list(range = nrow(made[[1]]), b = years, w = 1, noPeriods = 10, thresholdMethod = "muan",
                pastWeeksNotIncluded = 3, alpha = 0.01, glmWarnings = FALSE)
# It stops with an error on some series of few events; ours says of those that they cannot be watched.
failed <- 0
took <- system.time(for (one in made) {
  found <- try(farringtonFlexible(one, control = control), silent = TRUE)
  failed <- failed + inherits(found, "try-error")
})
message(failed, " of ", length(made), " series ended in an error")
cat(took["elapsed"], "\n")
