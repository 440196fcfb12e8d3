/*
doc = "Strata whose weights sum to something else than their population. Only for waves of people, not of PSUs"
grain = "one row per wave and stratum off by more than the tolerance"
reads = ["respondent", "population"]

[params]
waves = { type = "varchar[]", doc = "waves; all of them when empty", default = [] }
tolerance = { type = "double", doc = "difference allowed, as a share of the population", default = 0.02 }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
stratum = { type = "varchar", doc = "stratum of the sample" }
weight_sum = { type = "double", doc = "sum of weights; null when nobody of the stratum answered" }
population = { type = "double", doc = "people in the stratum" }
ratio = { type = "double", doc = "the first over the second" }
*/
with stratum_weight as (
    select wave, stratum, sum(weight)::double as weight_sum, bool_or(psu is not null) as clustered
    from respondent
    group by wave, stratum
)

select
    wave,
    stratum,
    weight_sum,
    size as population,
    weight_sum / size as ratio
from population
left join stratum_weight using (wave, stratum)
where
    not coalesce(clustered, false)
    and (len($waves::varchar[]) = 0 or list_contains($waves::varchar[], wave))
    and not coalesce(abs(weight_sum / size - 1) <= $tolerance::double, false)
order by wave, stratum
