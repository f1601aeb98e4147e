package quality_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// ruleCase is facts, and the findings that they give, worst first: rule/check severity unit: events.
type ruleCase struct {
	name  string
	facts []fact
	want  []string
	say   string // part of the first finding's text in English
}

// check runs cases of one rule; findings by others are left out.
func checkRule(t *testing.T, plan *indicators.Plan, rule string, cases []ruleCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, plan)
			r.record(tt.facts...)
			got, said := []string{}, ""
			for _, f := range r.findings() {
				if f.Rule != rule {
					continue
				}
				if said == "" {
					said = f.Text.EN
				}
				got = append(got, strings.TrimPrefix(r.short(f), rule+"/"))
				if f.Text.ZH == "" || f.Hint.ZH == "" || f.Hint.EN == "" || f.Title.ZH == "" || strings.Contains(f.Text.ZH+f.Text.EN, "%!") {
					t.Errorf("%s says too little: %+v", f.ID, f)
				}
			}
			if want := append([]string{}, tt.want...); !cmp.Equal(got, want) {
				t.Errorf("findings (-want +got):\n%s", cmp.Diff(want, got))
			}
			if !strings.Contains(said, tt.say) {
				t.Errorf("says %q, want %q", said, tt.say)
			}
		})
	}
}

func firm(id, name, rest string) fact {
	return fact{typ: "EnterpriseRegistered", day: "2018-01-10", data: `{"enterprise_id":"` + id + `","name":"` + name + `"` + rest + `}`}
}

func code(uscc string) fact { return firm("f1", "绿城公司", `,"uscc":"`+uscc+`"`) }

func TestCreditCodes(t *testing.T) {
	checkRule(t, treePlan(), "DQ-01", []ruleCase{
		{name: "two valid ones", facts: []fact{firm("a", "甲", `,"uscc":"91110000600037341L"`), firm("b", "乙", `,"uscc":"91440300708461136T"`)}},
		{"a slip of the last character", []fact{code("91110000600037341K")}, []string{"check_digit warn 450703: 0"}, "should be L, it is K"},
		{"two digits that changed places", []fact{code("91110000600073341L")}, []string{"check_digit warn 450703: 0"}, ""},
		// genuine early codes of DOMAIN 4.4, which fail the check
		{"an early code, Fuzhou", []fact{code("91350100M0001TGQXM")}, []string{"check_digit warn 450703: 0"}, "should be 1, it is M"},
		{"an early code, Xiamen", []fact{code("91350211M0000XUF46")}, []string{"check_digit warn 450703: 0"}, "should be R, it is 6"},
		{"another early code, Xiamen", []fact{code("91350203M0001FUE2P")}, []string{"check_digit warn 450703: 0"}, "should be J, it is P"},
		{"a code as the firm's id", []fact{firm("91110000600037341K", "甲", `,"reason_missing":"r"`)}, []string{"check_digit warn 450703: 0"}, ""},
		{name: "an id that is no code", facts: []fact{firm("450703-2018-000001", "甲", `,"reason_missing":"r"`)}},
		{name: "no code", facts: []fact{firm("f1", "甲", `,"reason_missing":"r"`)}},
	})
	checkRule(t, treePlan(), "DQ-02", []ruleCase{
		{"registered elsewhere", []fact{code("91110000600037341L")}, []string{"place info 450703: 0"}, "was given at 110000, the event is recorded at 450703 (Qinbei)"},
		{name: "registered in the district", facts: []fact{code("91450703MA5K000001")}},
		{"registered in the district, recorded by the other one", []fact{at("450702", code("91450703MA5K000001"))}, []string{"place info 450702: 0"}, ""},
		{name: "registered in a district of the city", facts: []fact{at("450700", code("91450703MA5K000001"))}},
		{name: "registered in the region", facts: []fact{at("450000", code("91450100MA5K000001"))}},
	})
}

func at(org string, f fact) fact {
	f.org = org
	return f
}

func on(day string, f fact) fact {
	f.day = day
	return f
}

func project(rest string) fact {
	return fact{typ: "ProjectSubmitted", day: "2018-03-01", data: `{"programme":"P","level":"city","stage":"application","requested_yuan":"400000.00",` + rest + `}`}
}

func TestNames(t *testing.T) {
	missing := `,"reason_missing":"r"`
	checkRule(t, treePlan(), "DQ-03", []ruleCase{
		{name: "two firms", facts: []fact{firm("a", "漓源粮油有限公司", missing), firm("b", "钦州市鸿韵坭兴陶艺有限责任公司", missing)}},
		{"the division before it, the kind of company after it", []fact{firm("a", "漓源粮油有限公司", missing), firm("b", "钦州市漓源粮油有限责任公司", missing)},
			[]string{"variant warn 450703: 1 0"}, "钦州市漓源粮油有限责任公司 (b) may be the same firm as 漓源粮油有限公司 (a) (1-0)"},
		{"the division without its ending, two of them", []fact{firm("a", "漓源粮油有限公司", missing), firm("b", "广西钦州漓源粮油公司", missing)}, []string{"variant warn 450703: 1 0"}, ""},
		{"brackets and widths", []fact{firm("a", "九联（广西）ＡＢ科技有限公司", missing), firm("b", "九联(广西) ab·科技有限公司", missing)}, []string{"variant warn 450703: 1 0"}, ""},
		{"pinyin that was put in", []fact{firm("a", "绿牌环保科技有限公司", missing), firm("b", "绿牌环(huán)保科技有限公司", missing)}, []string{"variant warn 450703: 1 0"}, ""},
		{"a firm named without its id", []fact{firm("a", "漓源粮油有限公司", missing), project(`"entities":[{"name":"漓源粮油"}]`)}, []string{"variant warn 450703: 1 0"}, "漓源粮油 (no id)"},
		{"a short name of a firm, used without its id", []fact{
			{typ: "EnterpriseRenamed", day: "2018-01-10", data: `{"enterprise_id":"z","new_name":"卓能","kind":"alias"}`}, project(`"entities":[{"name":"卓能"}]`),
		}, []string{"variant warn 450703: 1 0"}, ""},
		{name: "one firm under several names", facts: []fact{firm("a", "漓源粮油有限公司", missing), project(`"entities":[{"id":"a","name":"漓源粮油"},{"id":"a","name":"钦州市漓源粮油有限公司"}]`)}},
		{name: "a division is not a firm's whole name", facts: []fact{firm("a", "钦州市有限公司", missing), firm("b", "广西有限公司", missing)}},
		{"three firms", []fact{firm("a", "漓源", missing), firm("b", "漓源公司", missing), firm("c", "漓源有限公司", missing), firm("b", "漓源公司", missing)},
			[]string{"variant warn 450703: 1 0", "variant warn 450703: 2 0"}, ""},
		{"in two districts", []fact{firm("a", "漓源", missing), at("450702", firm("b", "漓源公司", missing)), at("450702", firm("c", "漓源有限公司", missing))},
			[]string{"variant warn 450700: 1 0", "variant warn 450702: 2 1"}, ""},
		{name: "where no unit stands above both", facts: []fact{firm("a", "漓源", missing), at("440000", firm("b", "漓源公司", missing))}},
		{"the garbled name of the seed", []fact{firm("a", "绿牌环?萍加邢薰旧陥报", missing)}, []string{"garbled warn 450703: 0"}, "the name 绿牌环?萍加邢薰旧陥报 (a) seems to be garbled"},
		{"the garbled name and the true one", []fact{firm("a", "广西绿牌环保科技有限公司", missing), firm("b", "绿牌环\ufffd萍加邢薰旧", missing), firm("c", "绿牌新能源有限公司", missing)},
			[]string{"garbled warn 450703: 1 0"}, "did you mean 广西绿牌环保科技有限公司 (a)?"},
		{"a garbled name that may be one of two", []fact{firm("a", "广西绿牌环保科技有限公司", missing), firm("b", "绿牌环?", missing), firm("c", "绿牌环境有限公司", missing)},
			[]string{"garbled warn 450703: 1"}, "绿牌环? (b) seems to be garbled"},
		{"garbled from its beginning", []fact{firm("a", "锟斤拷锟斤拷", missing), firm("c", "绿牌环境有限公司", missing)}, []string{"garbled warn 450703: 0"}, ""},
	})
}

func certificate(firm, no, day, kind, rest string) fact {
	return fact{typ: "HighTechRecognized", day: day, data: `{"enterprise_id":"` + firm + `","certificate_no":"` + no + `","kind":"` + kind + `"` + rest + `}`}
}

func award(day, kind, rest string) fact {
	return fact{typ: "SubsidyApplied", day: day, data: `{"kind":"` + kind + `","requested_yuan":"100000.00",` + rest + `}`}
}

func TestCertificatesAndAwards(t *testing.T) {
	const f1 = `"subsidy_id":"s","enterprise_id":"f1"`
	checkRule(t, treePlan(), "DQ-04", []ruleCase{
		{"the seed's F9", []fact{firm("450703-taijiquan", "钦州市华夏太极泉坭兴陶艺有限责任公司", `,"reason_missing":"r"`),
			award("2018-03-31", "hnte_rerecognition", `"entities":[{"id":"450703-taijiquan","name":"钦州市华夏太极泉坭兴陶艺有限责任公司"}]`)},
			[]string{"unrecognized warn 450703: 1"}, "钦州市华夏太极泉坭兴陶艺有限责任公司 (450703-taijiquan) applies for the award of a renewal, but no certificate of it is recorded for the 12 months up to 2018-03-31"},
		{name: "with its certificate", facts: []fact{award("2018-03-31", "hnte_rerecognition", f1), certificate("f1", "G1", "2017-11-30", "renewal", "")}},
		{name: "a certificate of the day a year ago", facts: []fact{award("2018-03-31", "hnte_first", f1), certificate("f1", "G1", "2017-03-31", "first", "")}},
		{"a certificate that is older", []fact{award("2018-03-31", "hnte_first", f1), certificate("f1", "G1", "2017-03-30", "first", "")}, []string{"unrecognized warn 450703: 0"}, ""},
		{"a certificate that came after", []fact{award("2018-03-31", "hnte_first", f1), certificate("f1", "G1", "2018-04-01", "first", "")}, []string{"unrecognized warn 450703: 0"}, ""},
		{"a certificate of the other kind", []fact{award("2018-03-31", "hnte_first", f1), certificate("f1", "G1", "2017-11-30", "renewal", "")}, []string{"other_kind warn 450703: 0"}, "of another kind"},
		{"the certificate of another firm", []fact{award("2018-03-31", "hnte_first", f1), certificate("f2", "G1", "2017-11-30", "first", "")}, []string{"unrecognized warn 450703: 0"}, ""},
		{name: "another subsidy", facts: []fact{award("2018-03-31", "conversion", f1)}},
		{"several firms at once", []fact{award("2018-03-31", "hnte_first", `"entities":[{"id":"f1","name":"甲"},{"name":"乙"},{"id":"f3","name":"丙"}]`), certificate("f3", "G1", "2017-11-30", "first", "")},
			[]string{"unrecognized warn 450703: 0", "unrecognized warn 450703: 0"}, ""},
	})
	checkRule(t, treePlan(), "DQ-05", []ruleCase{
		{name: "a renewal within the last year", facts: []fact{certificate("f1", "G1", "2015-11-30", "first", ""), certificate("f1", "G2", "2017-11-30", "renewal", "")}},
		{"a renewal before the last year", []fact{certificate("f1", "G1", "2015-11-30", "first", ""), certificate("f1", "G2", "2017-11-29", "renewal", "")},
			[]string{"overlap warn 450703: 1 0"}, "certificate G2 of f1, issued 2017-11-29, overlaps G1, which holds until 2018-11-29"},
		{"a first one while another holds", []fact{certificate("f1", "G1", "2015-11-30", "first", ""), certificate("f1", "G2", "2018-11-29", "first", "")}, []string{"overlap warn 450703: 1 0"}, ""},
		{name: "one after the other", facts: []fact{certificate("f1", "G1", "2015-11-30", "first", ""), certificate("f1", "G2", "2018-11-30", "first", "")}},
		{name: "a shorter term", facts: []fact{certificate("f1", "G1", "2015-11-30", "first", `,"valid_to":"2016-12-31"`), certificate("f1", "G2", "2017-01-01", "first", "")}},
		{name: "one that was revoked", facts: []fact{certificate("f1", "G1", "2015-11-30", "first", ""), certificate("f1", "G2", "2017-01-01", "first", ""),
			{typ: "HighTechRevoked", day: "2017-01-01", data: `{"enterprise_id":"f1","certificate_no":"G1","reason":"revoked"}`}}},
		{name: "one certificate told twice", facts: []fact{certificate("f1", "G1", "2015-11-30", "first", ""), certificate("f1", "G1", "2015-11-30", "first", "")}},
		{"in the order of days, not of the log", []fact{certificate("f1", "G2", "2016-11-30", "first", ""), certificate("f1", "G1", "2015-11-30", "first", "")}, []string{"overlap warn 450703: 0 1"}, ""},
	})
	checkRule(t, treePlan(), "DQ-06", []ruleCase{
		{"a renewal of nothing", []fact{certificate("f1", "G1", "2017-11-30", "renewal", "")}, []string{"renewal_without_earlier warn 450703: 0"}, "no earlier one is recorded"},
		{"a first one after another", []fact{certificate("f1", "G1", "2014-11-30", "first", ""), certificate("f1", "G2", "2018-11-30", "first", "")},
			[]string{"first_after_earlier warn 450703: 1 0"}, "G1 of 2014-11-30"},
		{name: "first and renewal", facts: []fact{certificate("f1", "G2", "2018-11-30", "renewal", ""), certificate("f1", "G1", "2015-11-30", "first", "")}},
	})
}

func TestFindingsAreInBothLanguages(t *testing.T) {
	r := newRig(t, treePlan())
	r.record(award("2018-03-31", "hnte_rerecognition", `"entities":[{"id":"x","name":"钦州市华夏太极泉坭兴陶艺有限责任公司"}]`))
	f := r.findings()[0]
	const want = "钦州市华夏太极泉坭兴陶艺有限责任公司 (x) 申报重新认定补助，但 2018-03-31 之前 12 个月内没有该企业的高新技术企业证书"
	if got := f.Text.In(events.Chinese); got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
}
