/*
doc = "Who was sampled with which weight, one by one: what an audit of weights and a calibration begin with"
grain = "one row per respondent of the wave with a weight above 0"
reads = ["respondent", "calibrated_weight"]

[params]
wave = { type = "varchar", doc = "fieldwork round" }

[result]
respondent = { type = "varchar", doc = "pseudonym of the respondent" }
weight = { type = "decimal(18,9)", doc = "weight as delivered" }
stratum = { type = "varchar", doc = "stratum of the sample" }
psu = { type = "varchar", doc = "PSU within its stratum, null where people were sampled directly" }
*/
select respondent, coalesce(delivered, weight)::decimal(18,9) as weight, stratum, psu
from respondent left join calibrated_weight using (wave, respondent)
where wave = $wave::varchar and weight > 0
order by respondent
