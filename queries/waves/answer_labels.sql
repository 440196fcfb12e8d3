/*
doc = "The labelled codes of each item in each loaded wave of the survey, as its file has them"
grain = "one row per wave, item and code"
reads = ["answer_label"]

[result]
wave = { type = "varchar", doc = "fieldwork round" }
item = { type = "varchar", doc = "item of the survey" }
code = { type = "bigint", doc = "code in the file" }
label = { type = "varchar", doc = "its label, empty where it is only declared missing" }
declared_missing = { type = "boolean", doc = "whether the file declares it missing" }
*/
select wave, item, code, label, declared_missing
from answer_label
order by wave, item, code
