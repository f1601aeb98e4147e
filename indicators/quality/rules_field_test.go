package quality_test

import "testing"

func village(list, action, day, rest string) fact {
	return fact{typ: "VillageListed", day: day, data: `{"village_id":"v1","name":"那蒙村","list":"` + list + `","action":"` + action + `"` + rest + `}`}
}

func assigned(day, rest string) fact {
	return fact{typ: "EnvoyAssigned", day: day, data: `{"envoy_id":"e1","village_id":"v1"` + rest + `}`}
}

func released(day, village string) fact {
	return fact{typ: "EnvoyReleased", day: day, data: `{"envoy_id":"e1","village_id":"` + village + `","reason":"rematch"}`}
}

func service(day, rest string) fact {
	return fact{typ: "EnvoyServiceRecorded", day: day, data: `{"kind":"guidance","envoy_id":"e1"` + rest + `}`}
}

func TestVillagesAndLists(t *testing.T) {
	listed := village("poverty_13fyp", "listed", "2018-01-01", "")
	checkRule(t, treePlan(), "DQ-07", []ruleCase{
		{name: "on the list on the day", facts: []fact{listed, assigned("2018-01-01", "")}},
		{name: "listed during the assignment", facts: []fact{listed, assigned("2017-06-01", "")}},
		{"on no list", []fact{assigned("2018-01-01", "")}, []string{"village_unknown error 450703: 0"}, "village v1 is on no list, but was assigned an envoy on 2018-01-01"},
		{"delisted by then", []fact{listed, village("poverty_13fyp", "delisted", "2018-02-01", ""), assigned("2018-02-01", "")},
			[]string{"village_not_listed error 450703: 2 1"}, "village 那蒙村 (v1) has been off its list since 2018-02-01"},
		{name: "delisted the day after", facts: []fact{listed, village("poverty_13fyp", "delisted", "2018-02-01", ""), assigned("2018-01-31", "")}},
		{"the listing says when it ends", []fact{village("poverty_13fyp", "listed", "2018-01-01", `,"delisted_on":"2018-02-01"`), assigned("2018-02-01", "")},
			[]string{"village_not_listed error 450703: 1"}, "village 那蒙村 (v1) has been off its list since 2018-02-01"},
		{"listed only after the assignment", []fact{listed, assigned("2017-06-01", `,"to":"2017-12-31"`)}, []string{"village_not_listed error 450703: 1"}, "on no list during the assignment"},
		{name: "delisted and listed again", facts: []fact{listed, village("poverty_13fyp", "delisted", "2018-02-01", ""), village("poverty_13fyp", "listed", "2018-03-01", ""), assigned("2018-03-05", "")}},
		{name: "an envoy of a firm", facts: []fact{{typ: "EnvoyAssigned", day: "2018-01-01", data: `{"envoy_id":"e1","enterprise_id":"f1"}`}}},
		{"the list is the city's", []fact{at("450700", listed), at("450700", village("poverty_13fyp", "delisted", "2018-02-01", "")), assigned("2018-02-01", "")},
			[]string{"village_not_listed error 450703: 2"}, "village v1 was assigned an envoy on 2018-02-01, and is on no list during the assignment"},
		{"two lists at once", []fact{listed, village("old_base", "listed", "2018-02-01", "")}, []string{"two_lists warn 450703: 1 0"}, "on the lists old_base and poverty_13fyp at once"},
		{"one of two lists told twice", []fact{village("poverty_13fyp", "listed", "2018-01-01", `,"delisted_on":"2018-12-31"`), village("old_base", "listed", "2018-02-01", ""), village("old_base", "listed", "2018-03-01", "")},
			[]string{"two_lists warn 450703: 1 0", "two_lists warn 450703: 2 0"}, ""},
		{name: "two lists one after the other", facts: []fact{listed, village("poverty_13fyp", "delisted", "2018-02-01", ""), village("old_base", "listed", "2018-02-01", "")}},
		{name: "one list twice", facts: []fact{listed, village("poverty_13fyp", "listed", "2018-02-01", "")}},
	})
}

func TestServicesAndAssignments(t *testing.T) {
	checkRule(t, treePlan(), "DQ-08", []ruleCase{
		{name: "within the assignment", facts: []fact{assigned("2018-01-01", ""), service("2018-01-01", ""), service("2018-12-31", "")}},
		{"before it", []fact{assigned("2018-01-02", ""), service("2018-01-01", "")}, []string{"outside_assignment warn 450703: 1"}, "1 services or trainings of envoy e1 are outside of every assignment"},
		{"after its end", []fact{assigned("2018-01-01", `,"to":"2018-01-31"`), service("2018-01-31", ""), service("2018-02-01", "")}, []string{"outside_assignment warn 450703: 2"}, ""},
		{"from the release on", []fact{assigned("2018-01-01", ""), released("2018-02-01", "v1"), service("2018-01-31", ""), service("2018-02-01", "")}, []string{"outside_assignment warn 450703: 3"}, ""},
		{name: "released from another village", facts: []fact{assigned("2018-01-01", ""), released("2018-02-01", "v2"), service("2018-02-01", "")}},
		{name: "assigned again", facts: []fact{assigned("2018-01-01", ""), released("2018-02-01", "v1"), assigned("2018-02-10", ""), service("2018-02-11", "")}},
		{"between two assignments", []fact{assigned("2018-01-01", ""), released("2018-02-01", "v1"), assigned("2018-02-10", ""), service("2018-02-05", "")}, []string{"outside_assignment warn 450703: 3"}, ""},
		{name: "a period that begins before it", facts: []fact{assigned("2018-01-15", ""), service("2018-01-31", `,"period_start":"2018-01-01"`)}},
		{"an envoy whom nobody assigned", []fact{service("2018-01-01", ""), service("2018-01-02", ""), {typ: "EnvoyTrainingHeld", day: "2018-01-03", data: `{"attendees":20,"envoy_id":"e1"}`}},
			[]string{"envoy_unknown warn 450703: 0 1 2"}, "envoy e1 was never assigned, but has 3 services or trainings"},
		{"each unit has its own finding", []fact{service("2018-01-01", ""), at("450702", service("2018-01-02", ""))}, []string{"envoy_unknown warn 450703: 0", "envoy_unknown warn 450702: 1"}, ""},
		{name: "nobody says by whom", facts: []fact{{typ: "EnvoyServiceRecorded", day: "2018-01-01", data: `{"kind":"guidance"}`}}},
		{"an assignment without a day", []fact{assigned("2018-01-02", `,"to":"2018-01-01"`), service("2018-01-01", ""), service("2018-01-02", "")}, []string{"outside_assignment warn 450703: 1 2"}, ""},
	})
}

func requested(programme, yuan string) fact {
	return fact{typ: "ProjectSubmitted", day: "2018-03-01", data: `{"programme":"` + programme + `","level":"city","stage":"application","requested_yuan":"` + yuan + `","entities":[{"name":"甲"}]}`}
}

func TestAmountsInTheWrongUnit(t *testing.T) {
	checkRule(t, treePlan(), "DQ-09", []ruleCase{
		{name: "the seed's", facts: []fact{requested("GX-IDD", "18000000.00"), requested("CITY", "400000.00")}},
		{"1800 where the other has 18 000 000", []fact{requested("GX-IDD", "18000000.00"), requested("GX-IDD", "1800.00")}, []string{"amount_low warn 450703: 1 0"},
			"the amount requested, 1,800.00 yuan, is a ten-thousandth of the median of its like (18,000,000.00 yuan (1800 万元)) or less; did you mean 18,000,000.00 yuan (1800 万元)?"},
		{name: "1801 is more than a ten-thousandth", facts: []fact{requested("GX-IDD", "18000000.00"), requested("GX-IDD", "1801.00")}},
		{name: "another programme", facts: []fact{requested("GX-IDD", "18000000.00"), requested("CITY", "1800.00")}},
		{"yuan taken for 万元", []fact{requested("CITY", "400000.00"), requested("CITY", "500000.00"), requested("CITY", "600000.00"), requested("CITY", "5000000000.00")},
			[]string{"amount_high warn 450703: 3"}, "5,000,000,000.00 yuan (500000 万元), is ten thousand times the median of its like (500,000.00 yuan (50 万元)) or more; did you mean 500,000.00 yuan (50 万元)?"},
		{"the small one of two", []fact{requested("CITY", "500000.00"), requested("CITY", "5000000000.00")}, []string{"amount_low warn 450703: 0 1"}, ""},
		{"two small ones", []fact{requested("C", "500000.00"), requested("C", "600000.00"), requested("C", "700000.00"), requested("C", "50.00"), requested("C", "50.00"), requested("C", "100.00")},
			[]string{"amount_small warn 450703: 3", "amount_small warn 450703: 4"}, "the amount requested, 50.00 yuan, is very small; did you mean 500,000.00 yuan (50 万元)?"},
		{name: "100 yuan are not too little by themselves", facts: []fact{requested("C", "100.00")}},
		{"less than 100", []fact{requested("C", "99.99")}, []string{"amount_small warn 450703: 0"}, "did you mean 999,900.00 yuan (99.99 万元)?"},
		{name: "nothing", facts: []fact{requested("C", "0.00"), requested("C", "500000.00")}},
		{"each amount of an event", []fact{{typ: "TechContractRegistered", day: "2018-01-01", data: `{"contract_no":"C1","kind":"dev","direction":"output","amount_yuan":"50.00","tech_amount_yuan":"40.00"}`}},
			[]string{"amount_small warn 450703: 0", "amount_small warn 450703: 0"}, ""},
	})
}

func TestTrainings(t *testing.T) {
	held := func(data string) fact {
		return fact{typ: "EnvoyTrainingHeld", day: "2018-02-28", data: data}
	}
	checkRule(t, treePlan(), "DQ-12", []ruleCase{
		{name: "the seed's 246 at 9", facts: []fact{held(`{"sessions":9,"attendees":246}`)}},
		{"none", []fact{held(`{"attendees":0}`)}, []string{"attendees_none warn 450703: 0"}, ""},
		{name: "500", facts: []fact{held(`{"attendees":500}`)}},
		{"501", []fact{held(`{"attendees":501}`)}, []string{"attendees_many warn 450703: 0"}, "501 attendances at 1 sessions, more than 500 each"},
		{name: "501 at two", facts: []fact{held(`{"sessions":2,"attendees":501}`)}},
		{"those of one session of nine", []fact{held(`{"sessions":9,"attendees":27}`)}, []string{"attendees_per_session warn 450703: 0"}, "if 27 is one session's, all together are 243"},
		{name: "few at one session", facts: []fact{held(`{"attendees":3}`)}},
		{name: "five at each", facts: []fact{held(`{"sessions":9,"attendees":45}`)}},
	})
	held2 := func(day, village, topic string) fact {
		return fact{typ: "EnvoyTrainingHeld", day: day, data: `{"attendees":20,"village_id":"` + village + `","topic":"` + topic + `"}`}
	}
	checkRule(t, treePlan(), "DQ-13", []ruleCase{
		{"the same training", []fact{held2("2018-02-28", "v1", "水稻病虫害防治"), held2("2018-02-28", "v1", "水稻（病虫害）防治")}, []string{"training_repeated warn 450703: 1 0"}, "is recorded already (1-0)"},
		{name: "on another day", facts: []fact{held2("2018-02-28", "v1", "甲"), held2("2018-02-27", "v1", "甲")}},
		{name: "in another village", facts: []fact{held2("2018-02-28", "v1", "甲"), held2("2018-02-28", "v2", "甲")}},
		{name: "on something else", facts: []fact{held2("2018-02-28", "v1", "甲乙"), held2("2018-02-28", "v1", "丙丁")}},
		{name: "nobody says where", facts: []fact{held(`{"attendees":20,"topic":"甲"}`), held(`{"attendees":20,"topic":"甲"}`)}},
	})
}

func TestDaysAndLabels(t *testing.T) {
	visit := func(day, rest string) fact {
		return fact{typ: "EnterpriseVisited", day: day, data: `{"topic":"t"` + rest + `}`}
	}
	checkRule(t, treePlan(), "DQ-14", []ruleCase{
		{"in the last century", []fact{visit("1999-12-31", "")}, []string{"before_2000 warn 450703: 0"}, "the day, 1999-12-31, is before 2000"},
		{name: "in this one", facts: []fact{visit("2000-01-01", "")}},
	})
	checkRule(t, treePlan(), "DQ-17", []ruleCase{
		{name: "the quarter of the report", facts: []fact{visit("2018-03-31", `,"source_ref":"《2018年科技局第一季度工作总结》一(一)"`)}},
		{"another quarter than the report's", []fact{visit("2018-09-03", `,"source_ref":"《2018年科技局第二季度工作总结》"`)}, []string{"quarter_differs warn 450703: 0"}, "the source is of 2018Q2, but the day is 2018-09-03 (2018Q3)"},
		{"another year", []fact{visit("2018-03-03", `,"source_ref":"2017年 第1 季度统计表"`)}, []string{"quarter_differs warn 450703: 0"}, ""},
		{"as 2018Q2", []fact{visit("2018-09-03", `,"source_ref":"报表2018Q2"`)}, []string{"quarter_differs warn 450703: 0"}, ""},
		{name: "one of several", facts: []fact{visit("2018-09-03", `,"source_ref":"2018Q2、2018Q3 报表"`)}},
		{name: "no year nearby", facts: []fact{visit("2018-09-03", `,"source_ref":"2018年全县科技工作要点以及后续安排情况汇报之一季度"`)}},
		{name: "a quarter without a number", facts: []fact{visit("2018-09-03", `,"source_ref":"2018年本季度"`)}},
		{name: "a longer number", facts: []fact{visit("2018-09-03", `,"source_ref":"2018Q12 Q1 2018Q"`)}},
		{name: "the year of the listing", facts: []fact{{typ: "TechSmeListed", day: "2018-05-01", data: `{"enterprise_id":"f","year":2018,"registry_no":"1"}`}}},
		{"another year than the day's", []fact{{typ: "TechSmeListed", day: "2018-05-01", data: `{"enterprise_id":"f","year":2017,"registry_no":"1"}`}}, []string{"year_differs warn 450703: 0"}, ""},
	})
}
