# SPDX-License-Identifier: Apache-2.0
# rsdmx.R BASE CAMPAIGN FOLDER: reads every table with rsdmx and writes what it got as CSV.
suppressMessages(library(rsdmx))
args <- commandArgs(TRUE)
base <- paste0(args[1], "/sdmx/2.1")
campaign <- args[2]
options(warn = 2) # a warning of the client is a failure
provider <- SDMXServiceProvider(agencyId = "DREMPEL", name = "Drempel",
	builder = SDMXREST21RequestBuilder(regUrl = base, repoUrl = base, compliant = TRUE))
invisible(addSDMXServiceProvider(provider))

save <- function(data, name) {
	write.csv(data, file.path(args[3], name), row.names = FALSE, na = "", fileEncoding = "UTF-8")
}

flows <- as.data.frame(readSDMX(providerId = "DREMPEL", resource = "dataflow"))
save(flows, "flows.csv")

# Whole tables, structure-specific: what the documentation recommends.
for (table in c("PARTICIPATION", "AREAS")) {
	url <- paste0(base, "/data/", table, "_", campaign, "/all/all/?format=structurespecificdata")
	save(as.data.frame(readSDMX(url)), paste0(table, ".csv"))
}

# A table of many rows by key, with the labels of its structure; and the default form.
data <- readSDMX(providerId = "DREMPEL", resource = "data",
	flowRef = paste0("ITEMS_", campaign),
	key = list("BE21", "_T", "_T", "teacher", "", "mean", c("value", "se")),
	start = 2026, end = 2026, dsd = TRUE)
save(as.data.frame(data, labels = TRUE), "ITEMS.csv")
