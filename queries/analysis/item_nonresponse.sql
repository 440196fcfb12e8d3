/*
doc = "Item nonresponse: of those asked, how many gave no answer and why, by area, group and item"
grain = "one row per division, category and item asked of somebody in it"
reads = ["answer", "membership", "grouping"]

[params]
wave = { type = "varchar", doc = "fieldwork round" }
area_set = { type = "varchar", doc = "set of areas", default = "survey_districts_13" }
items = { type = "varchar[]", doc = "items, as named in survey.toml; all of them when empty", default = [] }

[result]
division = { type = "varchar", doc = "area set or group; alle for everybody" }
category = { type = "varchar", doc = "area or category; alle for everybody" }
item = { type = "varchar", doc = "item, as named in survey.toml" }
asked = { type = "bigint", doc = "respondents asked: neither -93 ikke stillet nor -94 filtreret fra" }
ved_ikke = { type = "bigint", doc = "of these, do not know (-91)" }
vil_ikke_svare = { type = "bigint", doc = "will not answer (-92)" }
mangler = { type = "bigint", doc = "missing without a reason (-95)" }
share_unanswered = { type = "double", doc = "will not answer or missing, of those asked, 0 to 1, unweighted" }
share_ved_ikke = { type = "double", doc = "do not know, of those asked, 0 to 1, unweighted" }
*/
with given as (
    select respondent, columns(* exclude (wave, respondent))::double
    from answer
    where wave = $wave::varchar
),

respondent_item as (
    select respondent, item, answer
    from given
    unpivot (answer for item in (* exclude (respondent)))
    where answer not in (-93, -94) and (len($items::varchar[]) = 0 or list_contains($items::varchar[], item))
),

belonging as (
    select respondent, area_set as division, area as category
    from membership
    where wave = $wave::varchar and area_set = $area_set::varchar and area <> 'alle'
    union all
    select respondent, dimension as division, category
    from grouping
    where wave = $wave::varchar and not contains(dimension, '*')
)

select
    division,
    category,
    item,
    count(*) as asked,
    count(*) filter (where answer = -91) as ved_ikke,
    count(*) filter (where answer = -92) as vil_ikke_svare,
    count(*) filter (where answer = -95) as mangler,
    count(*) filter (where answer in (-92, -95)) / count(*) as share_unanswered,
    count(*) filter (where answer = -91) / count(*) as share_ved_ikke
from respondent_item
join belonging using (respondent)
group by division, category, item
order by division <> 'alle', division, category, item
