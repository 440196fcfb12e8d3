/*
doc = "How replicate weights become a variance, for the waves that have any"
grain = "one row per wave with replicate weights"
reads = ["design"]

[params]
waves = { type = "varchar[]", doc = "waves to read" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
kind = { type = "varchar", doc = "how they were made: jk1, jkn, brr, fay, bootstrap or other" }
factors = { type = "double[]", doc = "what the squared distance of each replicate is multiplied with" }
mse = { type = "boolean", doc = "whether distances are from the estimate instead of the replicates' mean" }
*/
select wave, replicates as kind, factors, mse
from design
where replicates is not null and list_contains($waves::varchar[], wave)
order by wave
