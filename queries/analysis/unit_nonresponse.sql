/*
doc = "Unit nonresponse: how many were invited and how many answered, by area, group and stratum as the institute counted"
grain = "one row per division and category whose number of invited is known"
reads = ["invited", "membership", "grouping", "respondent"]

[params]
wave = { type = "varchar", doc = "fieldwork round" }

[result]
division = { type = "varchar", doc = "area set, group, stratum, or alle" }
category = { type = "varchar", doc = "area, category or stratum; alle for everybody" }
invited = { type = "bigint", doc = "people drawn for the sample" }
answered = { type = "bigint", doc = "respondents, unweighted; people without a known area or group are in none" }
response_rate = { type = "double", doc = "answered over invited, 0 to 1" }
*/
with answered as (
    select area_set as division, area as category, count(*) as answered
    from membership
    where wave = $wave::varchar
    group by area_set, area
    union all
    select dimension as division, category, count(*) as answered
    from grouping
    where wave = $wave::varchar
    group by dimension, category
    union all
    select 'stratum' as division, stratum as category, count(*) as answered
    from respondent
    where wave = $wave::varchar
    group by stratum
)

select
    division,
    category,
    invited,
    coalesce(answered, 0) as answered,
    coalesce(answered, 0) / nullif(invited, 0) as response_rate
from invited
left join answered using (division, category)
where wave = $wave::varchar
order by division <> 'alle', division, try_cast(category as integer), category
