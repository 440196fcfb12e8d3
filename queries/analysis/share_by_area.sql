/*
doc = "Weighted share of an indicator in every area of a set, for everybody or for each category of a dimension"
grain = "one row per area and category that has answers"
reads = ["score", "membership", "grouping"]

[params]
wave = { type = "varchar", doc = "fieldwork round" }
indicator = { type = "varchar", doc = "indicator, as named in survey.toml", example = "tryg_aften" }
area_set = { type = "varchar", doc = "set of areas", default = "survey_districts_13" }
dimension = { type = "varchar", doc = "division of respondents, such as sex or sex*age", default = "alle" }

[result]
area = { type = "varchar", doc = "code of the area, alle for everybody" }
category = { type = "varchar", doc = "category of the dimension" }
n = { type = "bigint", doc = "answers in the indicator's base, unweighted" }
positives = { type = "bigint", doc = "of these, answers that count" }
share = { type = "double", doc = "weighted share, 0 to 1" }
*/
with answered as (
    select wave, respondent, weight, columns([$indicator]) as score
    from score
    where wave = $wave::varchar
)

select
    area,
    category,
    count(score) as n,
    count(*) filter (where score = 1) as positives,
    coalesce(sum(weight) filter (where score = 1), 0)::double / sum(weight)::double as share
from answered
join membership using (wave, respondent)
join grouping using (wave, respondent)
where
    area_set = $area_set::varchar
    and dimension = $dimension::varchar
    and score is not null
group by area, category
order by area, category
