package quality_test

import "testing"

func submitted(day, rest string) fact {
	return fact{typ: "ProjectSubmitted", day: day, data: `{"project_id":"p1","applicant_id":"f1","programme":"P","level":"city","stage":"application",` + rest + `}`}
}

func staged(day, stage, rest string) fact {
	return fact{typ: "ProjectStageChanged", day: day, data: `{"project_id":"p1","to_stage":"` + stage + `"` + rest + `}`}
}

func TestProjectsAndTheirMoney(t *testing.T) {
	asked := submitted("2018-02-01", `"requested_yuan":"400000.00"`)
	checkRule(t, treePlan(), "DQ-11", []ruleCase{
		{name: "as it should be", facts: []fact{asked, staged("2018-03-01", "review", ""), staged("2018-04-01", "approved", `,"approved_yuan":"400000.00","this_year_yuan":"400000.00"`), staged("2018-05-01", "in_progress", ""), staged("2019-05-01", "accepted", "")}},
		{"more than was asked for", []fact{asked, staged("2018-04-01", "approved", `,"approved_yuan":"400000.01"`)}, []string{"approved_over_requested error 450703: 1 0"},
			"project p1 was granted 400,000.01 yuan (40.000001 万元), more than the 400,000.00 yuan (40 万元) requested"},
		{name: "the larger of two submissions", facts: []fact{asked, submitted("2018-02-02", `"requested_yuan":"500000.00"`), staged("2018-04-01", "approved", `,"approved_yuan":"500000.00"`)}},
		{"more in the year than in all", []fact{asked, staged("2018-04-01", "approved", `,"approved_yuan":"300000.00","this_year_yuan":"300000.01"`)}, []string{"year_over_approved error 450703: 1"}, ""},
		{"nobody submitted it", []fact{staged("2018-04-01", "approved", ""), staged("2018-05-01", "in_progress", "")}, []string{"decided_without_submission warn 450703: 0"}, "no submission of it is recorded"},
		{name: "the application is a change of stage", facts: []fact{staged("2018-03-01", "application", ""), staged("2018-04-01", "approved", "")}},
		{"decided before it was submitted", []fact{asked, staged("2018-01-31", "approved", "")}, []string{"stage_order warn 450703: 0 1"}, "project p1 was on 2018-02-01 at an earlier stage than on 2018-01-31 already"},
		{name: "all on one day", facts: []fact{staged("2018-02-01", "approved", ""), asked}},
		{name: "begun anew after a refusal", facts: []fact{asked, staged("2018-03-01", "rejected", ""), submitted("2018-06-01", `"requested_yuan":"400000.00"`), staged("2018-07-01", "approved", "")}},
		{"begun anew without a refusal", []fact{asked, staged("2018-03-01", "approved", ""), submitted("2018-06-01", `"requested_yuan":"400000.00"`)}, []string{"stage_order warn 450703: 2 1"}, ""},
		{"a joint application by the numbers of its projects", []fact{project(`"entities":[{"name":"甲","project_id":"p1"},{"name":"乙","project_id":"p2"}]`), staged("2018-04-01", "approved", `,"approved_yuan":"400000.01"`)},
			[]string{"approved_over_requested error 450703: 1 0"}, ""},
		{"a unit above decided", []fact{asked, at("450700", staged("2018-04-01", "approved", `,"approved_yuan":"500000.00"`))}, []string{"approved_over_requested error 450700: 1 0"}, ""},
	})
	checkRule(t, treePlan(), "DQ-13", []ruleCase{
		{"two applications with one number", []fact{asked, submitted("2018-02-01", `"requested_yuan":"500000.00"`)}, []string{"submitted_twice error 450703: 1 0"}, "an application p1 is recorded already (1-0)"},
		{name: "one told twice", facts: []fact{asked, asked}},
		{name: "a proposal and an application", facts: []fact{asked, {typ: "ProjectSubmitted", day: "2018-01-01", data: `{"project_id":"p1","applicant_id":"f1","programme":"P","level":"city","stage":"proposal","requested_yuan":"1.00"}`}}},
	})
}

func applied(day, yuan string) fact {
	return fact{typ: "SubsidyApplied", day: day, data: `{"subsidy_id":"s1","enterprise_id":"f1","kind":"rd","requested_yuan":"` + yuan + `"}`}
}

func decided(day, decision, rest string) fact {
	return fact{typ: "SubsidyDecided", day: day, data: `{"subsidy_id":"s1","decision":"` + decision + `"` + rest + `}`}
}

func paid(day, yuan, rest string) fact {
	return fact{typ: "SubsidyDisbursed", day: day, data: `{"subsidy_id":"s1","amount_yuan":"` + yuan + `"` + rest + `}`}
}

func TestSubsidies(t *testing.T) {
	asked, granted := applied("2018-01-10", "100000.00"), decided("2018-02-01", "approved", `,"approved_yuan":"80000.00"`)
	checkRule(t, treePlan(), "DQ-11", []ruleCase{
		{name: "as it should be, in two parts", facts: []fact{asked, granted, paid("2018-02-01", "50000.00", `,"seq":1`), paid("2018-03-01", "30000.00", `,"seq":2`)}},
		{"more than was asked for", []fact{asked, decided("2018-02-01", "approved", `,"approved_yuan":"100000.01"`)}, []string{"approved_over_requested error 450703: 1 0"}, ""},
		{"more than was granted", []fact{asked, granted, paid("2018-02-02", "50000.00", `,"seq":1`), paid("2018-03-01", "30000.01", `,"seq":2`)}, []string{"paid_over_approved error 450703: 3 1 2"},
			"80,000.01 yuan (8.000001 万元) were paid of subsidy s1, more than the 80,000.00 yuan (8 万元) granted"},
		{"a decision told twice", []fact{asked, granted, granted, paid("2018-02-02", "80000.01", "")}, []string{"paid_over_approved error 450703: 3 1"}, "more than the 80,000.00 yuan"},
		{name: "a part told twice", facts: []fact{asked, granted, paid("2018-02-02", "50000.00", `,"seq":1`), paid("2018-02-02", "50000.00", `,"seq":1`)}},
		{"nobody says what was granted, but what was asked for", []fact{asked, decided("2018-02-01", "approved", ""), paid("2018-02-02", "100000.01", "")}, []string{"paid_over_approved error 450703: 2 0"}, ""},
		{"paid though rejected", []fact{asked, decided("2018-02-01", "rejected", ""), paid("2018-02-02", "1000.00", "")}, []string{"paid_though_rejected error 450703: 2 1"}, ""},
		{"paid and never decided on", []fact{asked, paid("2018-02-02", "1000.00", ""), paid("2018-02-03", "1000.00", "")}, []string{"paid_without_approval warn 450703: 1"}, ""},
		{"paid before it was granted", []fact{asked, granted, paid("2018-01-31", "1000.00", "")}, []string{"paid_before_approval warn 450703: 2 1"}, ""},
		{"decided on and never asked for", []fact{granted}, []string{"decided_without_submission warn 450703: 0"}, ""},
		{"decided on before it was asked for", []fact{asked, decided("2018-01-09", "rejected", "")}, []string{"decided_before_application warn 450703: 1 0"}, ""},
		{"more for technology than the whole contract", []fact{{typ: "TechContractRegistered", day: "2018-01-01", data: `{"contract_no":"C1","kind":"dev","direction":"output","amount_yuan":"5000.00","tech_amount_yuan":"5000.01"}`}},
			[]string{"technology_over_amount error 450703: 0"}, ""},
		{name: "the whole contract is technology", facts: []fact{{typ: "TechContractRegistered", day: "2018-01-01", data: `{"contract_no":"C1","kind":"dev","direction":"output","amount_yuan":"5000.00","tech_amount_yuan":"5000.00"}`}}},
	})
	checkRule(t, treePlan(), "DQ-13", []ruleCase{
		{"two applications with one number", []fact{asked, applied("2018-01-10", "90000.00")}, []string{"submitted_twice error 450703: 1 0"}, ""},
	})
}

func TestNumbersThatAreUsedTwice(t *testing.T) {
	contract := func(no, direction, yuan string) fact {
		return fact{typ: "TechContractRegistered", day: "2018-01-01", data: `{"contract_no":"` + no + `","kind":"dev","direction":"` + direction + `","amount_yuan":"` + yuan + `"}`}
	}
	sourced := fact{typ: "TechContractRegistered", day: "2018-01-01", data: `{"contract_no":"C-1","kind":"dev","direction":"output","amount_yuan":"5000.00","note":"n","source_ref":"s","evidence":["e"]}`}
	achievement := func(id, registry string) fact {
		return fact{typ: "AchievementConverted", day: "2018-01-01", data: `{"achievement_id":"` + id + `","owner_id":"f1","registry_no":"` + registry + `"}`}
	}
	checkRule(t, treePlan(), "DQ-13", []ruleCase{
		{"one contract told twice", []fact{contract("C-1", "output", "5000.00"), sourced}, []string{"number_repeated info 450703: 1 0"}, "number C1/output is recorded already (1-0), and says the same"},
		{"with another amount", []fact{contract("C-1", "output", "5000.00"), contract("C-1", "output", "6000.00")}, []string{"number_differs error 450703: 1 0"}, "says something else"},
		{"in another spelling", []fact{contract("C-1", "output", "5000.00"), contract("c1", "output", "5000.00")}, []string{"number_spelled_twice error 450703: 1 0"}, "in another spelling"},
		{name: "put out and taken in", facts: []fact{contract("C-1", "output", "5000.00"), contract("C-1", "absorb", "5000.00")}},
		{"by two districts", []fact{contract("C-1", "output", "5000.00"), at("450702", contract("C-1", "output", "5000.00"))}, []string{"number_differs error 450700: 1 0"}, "by another unit"},
		{"by the district and the city", []fact{contract("C-1", "output", "5000.00"), at("450700", contract("C-1", "output", "5000.00"))}, []string{"number_repeated info 450700: 1 0"}, ""},
		{name: "by units that have nothing above them both", facts: []fact{contract("C-1", "output", "5000.00"), at("440000", contract("C-1", "output", "6000.00"))}},
		{"a certificate", []fact{certificate("f1", "GR1", "2018-01-01", "first", ""), certificate("f2", "GR1", "2018-01-01", "first", "")}, []string{"number_differs error 450703: 1 0"}, ""},
		{"an SME's number", []fact{{typ: "TechSmeListed", day: "2018-05-01", data: `{"enterprise_id":"f","year":2018,"registry_no":"1"}`}, {typ: "TechSmeListed", day: "2018-05-02", data: `{"enterprise_id":"f","year":2018,"registry_no":"1"}`}},
			[]string{"number_differs error 450703: 1 0"}, ""},
		{"a patent", []fact{granted("ZL201810012345.6", "invention", ""), granted("ZL2018100123456", "invention", "")}, []string{"number_spelled_twice error 450703: 1 0"}, ""},
		{"the registry number of two achievements", []fact{achievement("a", "R1"), achievement("b", "R1")}, []string{"registry_shared warn 450703: 1 0"}, ""},
		{"an achievement", []fact{achievement("a", "R1"), achievement("a", "R2")}, []string{"number_differs error 450703: 1 0"}, ""},
		{"a code of two firms", []fact{firm("a", "甲公司", `,"uscc":"91110000600037341L"`), firm("b", "乙公司", `,"uscc":"91110000600037341L"`), firm("b", "乙公司", `,"uscc":"91110000600037341L"`)},
			[]string{"code_shared error 450703: 1 0"}, "the credit code 91110000600037341L belongs to another id already (1-0)"},
		{"three of a number, one of another unit", []fact{at("450702", contract("C-1", "output", "5000.00")), contract("C-1", "output", "6000.00"), contract("C-1", "output", "6000.00")},
			[]string{"number_differs error 450700: 1 0", "number_repeated info 450703: 2 1"}, ""},
	})
}

func granted(no, kind, rest string) fact {
	return fact{typ: "PatentGranted", day: "2018-03-20", data: `{"patent_no":"` + no + `","kind":"` + kind + `"` + rest + `}`}
}

func filed(no, kind string) fact {
	return fact{typ: "PatentFiled", day: "2018-01-20", data: `{"application_no":"` + no + `","kind":"` + kind + `"}`}
}

func TestPatents(t *testing.T) {
	checkRule(t, treePlan(), "DQ-19", []ruleCase{
		{name: "filed and granted", facts: []fact{filed("201810012345.6", "invention"), granted("ZL201810012345.6", "invention", "")}},
		{"granted without a filing", []fact{granted("ZL201810012345.6", "invention", "")}, []string{"grant_without_filing info 450703: 0"}, "no filing of patent 2018100123456 is recorded"},
		{"granted as another kind", []fact{filed("X-1", "utility"), granted("X-1", "invention", "")}, []string{"kind_differs warn 450703: 1 0"}, ""},
		{"a utility model's number", []fact{filed("201820012345.6", "utility"), granted("ZL201820012345.6", "invention", "")}, []string{"kind_and_number warn 450703: 1", "kind_differs warn 450703: 1 0"},
			"the number ZL201820012345.6 is not that of a patent of the kind given, invention"},
		{name: "an invention from abroad", facts: []fact{filed("CN201880012345.6", "invention"), granted("ZL201880012345.6", "invention", "")}},
		{"filed after the grant", []fact{filed("X-1", "design"), granted("X-1", "design", `,"filed_on":"2018-03-21"`)}, []string{"filed_after_grant warn 450703: 1"}, ""},
		{name: "patents without numbers", facts: []fact{{typ: "PatentGranted", day: "2018-03-20", data: `{"kind":"utility","count":3}`}}},
	})
}
