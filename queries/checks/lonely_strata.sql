/*
doc = "Strata with a single PSU: no variance can be computed for them. Nothing is as it should be"
grain = "one row per wave and stratum with one PSU"
reads = ["respondent"]

[params]
waves = { type = "varchar[]", doc = "waves; all of them when empty", default = [] }

[result]
wave = { type = "varchar", doc = "fieldwork round" }
stratum = { type = "varchar", doc = "stratum of the sample" }
respondents = { type = "bigint", doc = "respondents in it" }
*/
select wave, stratum, count(*) as respondents
from respondent
where len($waves::varchar[]) = 0 or list_contains($waves::varchar[], wave)
group by wave, stratum
having count(distinct coalesce(psu, respondent)) = 1
order by wave, stratum
