package quality

import (
	"strings"
	"sync"
	"testing"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

var defaultPlan = sync.OnceValue(func() *indicators.Plan {
	plan, mistakes := indicators.Load(deploy.Plan())
	if plan == nil {
		panic(mistakes[0].In(events.English))
	}
	return plan
})

// FuzzRead: whatever the data of an event, a rule neither fails nor leaves anything behind: once the event is taken out again the
// state is as before. Every finding has something to say.
func FuzzRead(f *testing.F) {
	for typ, data := range map[string]string{
		"EnterpriseRegistered":   `{"enterprise_id":"f1","name":"绿牌环?公司","uscc":"91350100M0001TGQXM"}`,
		"EnterpriseRenamed":      `{"enterprise_id":"f1","new_name":"(jié)（"}`,
		"HighTechRecognized":     `{"enterprise_id":"f1","certificate_no":"G1","kind":"renewal","valid_to":"2018-02-30"}`,
		"PatentGranted":          `{"patent_no":"ZL201820012345.6","kind":"invention","filed_on":"2019-01-01"}`,
		"ProjectSubmitted":       `{"entities":[{"name":"甲","id":"f1","project_id":"p1"},{"name":7},8],"requested_yuan":"9999999999999.99","programme":"P","stage":"proposal"}`,
		"ProjectStageChanged":    `{"project_id":"p1","to_stage":"approved","approved_yuan":"0.01","this_year_yuan":"1.00"}`,
		"SubsidyApplied":         `{"subsidy_id":"s","enterprise_id":"f1","kind":"hnte_first","requested_yuan":"18.00"}`,
		"SubsidyDisbursed":       `{"subsidy_id":"s","seq":99999999999999999999,"amount_yuan":"18.00"}`,
		"TechContractRegistered": `{"contract_no":"c","direction":"output","amount_yuan":"5.00","tech_amount_yuan":"6.00"}`,
		"VillageListed":          `{"village_id":"v","list":"l","action":"delisted","delisted_on":"2018-01-01"}`,
		"EnvoyAssigned":          `{"envoy_id":"e","village_id":"v","to":"2017-01-01"}`,
		"EnvoyServiceRecorded":   `{"envoy_id":"e","period_start":"2019-01-01","source_ref":"2018年第一季度 2018Q2 年季度"}`,
		"EnvoyTrainingHeld":      `{"attendees":1000000,"sessions":-9223372036854775808,"village_id":"v"}`,
		"ReferenceValueSet":      `{"key":"population","value":"-99999999999999.9999"}`,
		"TargetSet":              `{"indicator":"envoy_coverage","year":2018,"weight":"5"}`,
		"TechSmeListed":          `{"enterprise_id":[],"year":1e9,"registry_no":{}}`,
	} {
		f.Add(typ, "2018-03-01", "450703", []byte(data))
	}
	f.Add("EnterpriseVisited", "1999-12-31", "nowhere", []byte("{"))
	f.Fuzz(func(t *testing.T, typ, day, org string, data []byte) {
		if _, err := events.ParseDay(day); err != nil {
			day = "2018-03-01"
		}
		s := newState(defaultPlan())
		e := &events.Stored{Type: []byte(typ), Source: []byte("report:2018Q1"), Time: []byte(day), Org: []byte(org), Schema: []byte(typ + ".v1"), Data: data}
		read := s.read(e, events.At(1, 0))
		for _, entry := range read {
			s.put(entry)
		}
		s.settle()
		b := s.newBench()
		s.findings.from(listed{}, func(l listed) bool {
			v, ok := s.verdict(l, b)
			if !ok {
				t.Fatalf("no verdict for %+v", l)
			}
			if found := s.finding(&v); found.Text.ZH == "" || strings.Contains(found.Text.EN, "%!") || found.ID == "" || len(found.Events) != 1 {
				t.Fatalf("finding %+v", found)
			}
			return true
		})
		for _, entry := range s.read(e, events.At(1, 0)) {
			s.take(entry)
		}
		s.settle()
		if n := s.kept(); n > 0 || s.findings.size > 0 {
			t.Fatalf("%d facts and %d findings are left", n, s.findings.size)
		}
	})
}

// kept counts all that is kept of facts.
func (s *state) kept() int {
	n := len(s.odd.groups) + len(s.firms.groups) + len(s.names.groups) + len(s.stems.groups) + len(s.villages.groups) + len(s.envoys.groups)
	n += len(s.projects.groups) + len(s.subsidies.groups) + len(s.numbers.groups) + len(s.patents.groups) + len(s.totals.groups)
	n += len(s.amounts.groups) + len(s.evidence.groups) + len(s.evidence.weights)
	for _, list := range s.counts {
		for _, c := range list {
			n += c
		}
	}
	return n
}
