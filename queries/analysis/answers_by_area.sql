/*
doc = "How the answers to an item are distributed in every area of a set, the kinds of missing included"
grain = "one row per area and answer"
reads = ["respondent", "answer", "membership"]

[params]
wave = { type = "varchar", doc = "fieldwork round" }
item = { type = "varchar", doc = "item, as named in survey.toml", example = "safe_evening" }
area_set = { type = "varchar", doc = "set of areas", default = "survey_districts_13" }

[result]
area = { type = "varchar", doc = "code of the area, alle for everybody" }
answer = { type = "integer", doc = "code; the whole part of a number; -91 and below are kinds of missing" }
n = { type = "bigint", doc = "respondents, unweighted" }
share_of_answers = { type = "double", doc = "weighted share of those who answered, 0 to 1; null for kinds of missing" }
share_of_all = { type = "double", doc = "weighted share of all respondents the item is stored for, 0 to 1" }
*/
with given as (
    select wave, respondent, weight, floor(columns([$item]))::integer as answer
    from answer
    join respondent using (wave, respondent)
    where wave = $wave::varchar
),

area_answer as (
    select area, answer, count(*) as n, sum(weight)::double as weight
    from given
    join membership using (wave, respondent)
    where area_set = $area_set::varchar and answer is not null
    group by area, answer
)

select
    area,
    answer,
    n,
    case
        when answer > -91
            then weight / sum(case when answer > -91 then weight end) over (partition by area)
    end as share_of_answers,
    weight / sum(weight) over (partition by area) as share_of_all
from area_answer
order by area, answer
