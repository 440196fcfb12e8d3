/*
doc = "The weights of a wave, stratum by stratum: their sum and spread, and what the spread costs (Kish)"
grain = "one row per stratum"
reads = ["respondent", "population"]

[params]
wave = { type = "varchar", doc = "fieldwork round" }

[result]
stratum = { type = "varchar", doc = "stratum of the sample" }
n = { type = "bigint", doc = "respondents" }
weight_sum = { type = "decimal(38,9)", doc = "sum of weights, exact" }
weight_min = { type = "decimal(18,9)", doc = "smallest weight" }
weight_max = { type = "decimal(18,9)", doc = "largest weight" }
kish = { type = "double", doc = "n times the sum of squared weights over the squared sum; 1 when all are equal" }
n_kish = { type = "double", doc = "n over kish: equally weighted respondents worth as much" }
population = { type = "double", doc = "sampling units in the stratum, null when the wave does not say" }
*/
with stratum_weights as (
    select
        wave,
        stratum,
        count(*) as n,
        sum(weight) as weight_sum,
        min(weight) as weight_min,
        max(weight) as weight_max,
        count(*) * sum(weight::double ** 2 order by weight) / sum(weight)::double ** 2 as kish
    from respondent
    where wave = $wave::varchar
    group by wave, stratum
)

select
    stratum,
    n,
    weight_sum,
    weight_min,
    weight_max,
    kish,
    n / kish as n_kish,
    size as population
from stratum_weights
left join population using (wave, stratum)
order by try_cast(stratum as integer), stratum
