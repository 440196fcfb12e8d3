/*
doc = '''
PSUs with an answer from any domain of a set, each counted once: what the degrees of freedom of a combination of several
domains rest on. A respondent is a PSU where people were sampled directly.
'''
grain = "one row per set of domains, wave and stratum where somebody of the set lives"
reads = ["score", "membership", "grouping"]

[params]
waves = { type = "varchar[]", doc = "waves to read" }
domains = { type = "struct(together bigint, area_set varchar, area varchar, dimension varchar, category varchar)[]", doc = "domains, each with the number of the set it belongs to" }
pattern = { type = "varchar", doc = "indicators, as a regular expression with a group", example = "^(tryg_aften)$" }

[result]
together = { type = "bigint", doc = "number of the set" }
wave = { type = "varchar", doc = "fieldwork round" }
stratum = { type = "varchar", doc = "stratum of the sample" }
"psus_(.*)" = { type = "bigint", doc = "PSUs with an answer in the base from any domain of the set" }
*/
with domain as (
    select unnest($domains::struct(together bigint, area_set varchar, area varchar, dimension varchar, category varchar)[], recursive := true)
),
respondent_of_set as (
    select distinct together, wave, respondent
    from domain
    join membership using (area_set, area)
    join grouping using (wave, respondent, dimension, category)
    where list_contains($waves::varchar[], wave)
),
psu_of_set as (
    select together, wave, stratum, coalesce(psu, respondent) as psu, count(columns($pattern)) as 'n_\1'
    from score join respondent_of_set using (wave, respondent)
    group by together, wave, stratum, coalesce(psu, respondent)
)
select together, wave, stratum, count(case when columns('^n_(.*)$') > 0 then 1 end)::bigint as 'psus_\1'
from psu_of_set
group by together, wave, stratum
order by together, wave, stratum
