/*
doc = "Two items against each other: how those who gave each answer to one answered the other"
grain = "one row per pair of answers that somebody gave"
reads = ["respondent", "answer"]

[params]
wave = { type = "varchar", doc = "fieldwork round" }
item = { type = "varchar", doc = "item whose answers are distributed", example = "safe_evening" }
by = { type = "varchar", doc = "item that divides the respondents", example = "safe_day" }

[result]
by_answer = { type = "integer", doc = "answer to the dividing item" }
answer = { type = "integer", doc = "answer to the item" }
n = { type = "bigint", doc = "respondents, unweighted" }
share = { type = "double", doc = "weighted share of those who gave by_answer, 0 to 1" }
*/
with given as (
    select weight, floor(columns([$by]))::integer as by_answer, floor(columns([$item]))::integer as answer
    from answer
    join respondent using (wave, respondent)
    where wave = $wave::varchar
),

pair as (
    select by_answer, answer, count(*) as n, sum(weight)::double as weight
    from given
    where by_answer > -91 and answer > -91
    group by by_answer, answer
)

select by_answer, answer, n, weight / sum(weight) over (partition by by_answer) as share
from pair
order by by_answer, answer
