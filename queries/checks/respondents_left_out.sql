/*
doc = "Respondents who are missing from everybody, in an area set or in the groups. Nothing is as it should be"
grain = "one row per wave, table and area set in which somebody is missing"
reads = ["respondent", "membership", "grouping"]

[result]
wave = { type = "varchar", doc = "fieldwork round" }
place = { type = "varchar", doc = "the area set, or grouping" }
respondents = { type = "bigint", doc = "how many are not in it" }
*/
with wanted as (
    select distinct wave, area_set as place
    from membership
    union
    select distinct wave, 'grouping' as place
    from respondent
),

present as (
    select wave, respondent, area_set as place
    from membership
    where area = 'alle'
    union all
    select wave, respondent, 'grouping' as place
    from grouping
    where dimension = 'alle' and category = 'alle'
)

select wave, place, count(*) as respondents
from wanted
join respondent using (wave)
anti join present using (wave, respondent, place)
group by wave, place
order by wave, place
