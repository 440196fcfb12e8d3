/*
doc = "The weights of each loaded wave of the survey"
grain = "one row per wave"
reads = ["respondent"]

[result]
wave = { type = "varchar", doc = "fieldwork round" }
respondents = { type = "bigint", doc = "people who answered" }
total = { type = "double", doc = "sum of the weights" }
smallest = { type = "double", doc = "smallest weight" }
largest = { type = "double", doc = "largest weight" }
kish = { type = "double", doc = "Kish's design effect of the weights, n * sum(w^2) / sum(w)^2" }
*/
select
    wave,
    count(*) as respondents,
    sum(weight)::double as total,
    min(weight)::double as smallest,
    max(weight)::double as largest,
    (count(*) * sum(weight::double * weight::double order by respondent) / power(sum(weight)::double, 2)) as kish
from respondent
group by wave
order by wave
