package quality

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// Severity says how bad a finding is.
type Severity string

// The severities, worst first.
const (
	Error Severity = "error" // something is wrong in what was recorded
	Warn  Severity = "warn"  // probably wrong: somebody should look
	Info  Severity = "info"  // worth knowing, often in order
)

var severities = []Severity{Error, Warn, Info}

// Severities lists them, worst first.
func Severities() []Severity { return slices.Clone(severities) }

// Rule is one of the checks that bureaus know by number.
type Rule struct {
	ID    string      `json:"id"`
	Title events.Text `json:"title"`
}

var rules = []Rule{
	{"DQ-01", events.Text{ZH: "信用代码校验位", EN: "check digit of the credit code"}},
	{"DQ-02", events.Text{ZH: "信用代码登记地", EN: "place of registration in the credit code"}},
	{"DQ-03", events.Text{ZH: "名称不一致", EN: "variants of a name"}},
	{"DQ-04", events.Text{ZH: "有奖补无认定", EN: "award without recognition"}},
	{"DQ-05", events.Text{ZH: "证书期限重叠", EN: "certificates that overlap"}},
	{"DQ-06", events.Text{ZH: "首次与重新认定不符", EN: "first certificate or renewal"}},
	{"DQ-07", events.Text{ZH: "村不在名录", EN: "village and list"}},
	{"DQ-08", events.Text{ZH: "特派员与服务不符", EN: "service outside an assignment"}},
	{"DQ-09", events.Text{ZH: "元与万元", EN: "yuan or ten thousand yuan"}},
	{"DQ-11", events.Text{ZH: "资金与环节次序", EN: "order of money and stages"}},
	{"DQ-12", events.Text{ZH: "培训人次", EN: "attendances"}},
	{"DQ-13", events.Text{ZH: "重复登记", EN: "recorded twice"}},
	{"DQ-14", events.Text{ZH: "日期过早", EN: "day too early"}},
	{"DQ-16", events.Text{ZH: "入库当作认定", EN: "pool entries counted as recognitions"}},
	{"DQ-17", events.Text{ZH: "所写时期与日期不符", EN: "period named and day"}},
	{"DQ-18", events.Text{ZH: "部分与总数", EN: "parts and whole"}},
	{"DQ-19", events.Text{ZH: "专利类型与申请", EN: "kind and filing of a patent"}},
	{"DQ-20", events.Text{ZH: "佐证材料缺失", EN: "evidence missing"}},
}

// Rules returns the rules that look at facts, in order.
func Rules() []Rule { return slices.Clone(rules) }

func titleOf(id string) events.Text {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })
	return rules[i].Title
}

// check is one thing that a rule looks at. It has one severity, so that worse findings of a rule are a check of their own.
type check struct {
	rule     string
	code     string // stable, unique within the rule
	severity Severity
	hint     events.Text // what to do
	rank     uint8       // its place in checks
}

// checks are all of them, the worst first: the order in which findings are listed.
var checks []*check

// newCheck declares a check. It is for package variables, beside the rule that uses it.
func newCheck(rule, code string, severity Severity, zh, en string) *check {
	c := &check{rule: rule, code: code, severity: severity, hint: events.Text{ZH: zh, EN: en}}
	checks = append(checks, c)
	return c
}

func init() {
	slices.SortFunc(checks, func(a, b *check) int {
		return cmp.Or(slices.Index(severities, a.severity)-slices.Index(severities, b.severity), cmp.Compare(a.rule, b.rule), cmp.Compare(a.code, b.code))
	})
	for i, c := range checks {
		c.rank = uint8(i)
		if titleOf(c.rule).EN == "" || i > 0 && c.name() == checks[i-1].name() {
			panic("quality: check " + c.name())
		}
	}
}

// name is the check's name for programs: DQ-09/amount_low.
func (c *check) name() string { return c.rule + "/" + c.code }

func checkNamed(name string) (*check, error) {
	rule, code, _ := strings.Cut(name, "/")
	for _, c := range checks {
		if c.rule == rule && c.code == code {
			return c, nil
		}
	}
	return nil, fmt.Errorf("there is no check %q", name)
}
