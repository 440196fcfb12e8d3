/*
doc = "The sample design of each wave: strata, sampling units drawn and, where known, sampling units there are"
grain = "one row per wave and stratum"
reads = ["score", "population", "design"]

[params]
waves = { type = "varchar[]", doc = "waves to read" }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
stratum = { type = "varchar", doc = "stratum of the sample" }
clustered = { type = "boolean", doc = "whether the wave has PSUs; otherwise each respondent is one" }
psus = { type = "bigint", doc = "PSUs in the sample, also those where nobody answered" }
size = { type = "double", doc = "PSUs in the population, null where not known" }
lonely_psu = { type = "varchar", doc = "what the definition says of a stratum with one PSU" }
*/
with sampled as (
    select wave, stratum, bool_or(psu is not null) as has_psus,
        count(distinct psu) + count(case when psu is null then 1 end) as psus
    from score
    where list_contains($waves::varchar[], wave)
    group by wave, stratum
)
select wave, stratum, bool_or(has_psus) over (partition by wave) as clustered, psus, size,
    coalesce(lonely_psu, 'fail') as lonely_psu
from sampled left join population using (wave, stratum) left join design using (wave)
order by wave, stratum
