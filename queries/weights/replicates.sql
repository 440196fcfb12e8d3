/*
doc = "Replicate weights as delivered, one respondent after another"
grain = "one row per respondent of the wave with a weight above 0; none where no replicate weights were delivered"
reads = ["respondent", "replicate_weight", "calibrated_weight"]

[params]
wave = { type = "varchar", doc = "fieldwork round" }

[result]
respondent = { type = "varchar", doc = "pseudonym of the respondent" }
weights = { type = "double[]", doc = "replicate weights, in the order of the delivered columns" }
*/
select respondent, coalesce(replicates, weights)::double[] as weights
from replicate_weight
join respondent using (wave, respondent)
left join calibrated_weight using (wave, respondent)
where wave = $wave::varchar and weight > 0
order by respondent
