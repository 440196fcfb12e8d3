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
    select wave, stratum, psu, respondent, bool_or(psu is not null) over (partition by wave) as clustered
    from score
    where list_contains($waves::varchar[], wave)
)
select wave, stratum, clustered, count(distinct coalesce(psu, respondent)) as psus, max(size) as size,
    coalesce(lonely_psu, 'fail') as lonely_psu
from sampled left join population using (wave, stratum) left join design using (wave)
group by wave, stratum, clustered, lonely_psu
order by wave, stratum
