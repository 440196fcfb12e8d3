/*
doc = "What the weights of each wave sum to, beside how many people have one: whether they are people or parts of answers"
grain = "one row per wave"
reads = ["score"]

[params]
waves = { type = "varchar[]", doc = "waves to read" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
respondents = { type = "bigint", doc = "people with a weight above 0" }
total = { type = "double", doc = "sum of the weights that estimates are made with" }
*/
select wave, count(*) as respondents, sum(weight)::double as total
from score
where list_contains($waves::varchar[], wave) and weight > 0
group by wave
order by wave
