# Times R's surveillance on the first series of a file, for time_speed.py: the last month of each against
# three years, as crates/stats/examples/time_speed.rs has it. Prints seconds.
suppressMessages(library(surveillance))
given <- commandArgs(trailingOnly = TRUE)
lines <- head(readLines(given[1]), as.integer(given[2]))
made <- lapply(strsplit(lines, " "), function(line) sts(as.integer(line), frequency = 12))
control <- list(range = nrow(made[[1]]), b = 3, w = 1, noPeriods = 10, thresholdMethod = "muan",
                pastWeeksNotIncluded = 3, alpha = 0.01, glmWarnings = FALSE)
took <- system.time(for (one in made) farringtonFlexible(one, control = control))
cat(took["elapsed"], "\n")
