package access

import (
	"context"
	"fmt"

	"github.com/kaohe/kaohe/events"
)

// Denial is something that a principal, who was let in, was not allowed to do.
type Denial struct {
	By      string // name of the principal
	Ability Ability
	Org     string // code of the unit for which the ability is missing
}

type reportKey struct{}

// WithReport returns a context in which report is told of each [Denied]. Whoever keeps the door counts and logs them: only
// there it is known where a request came from.
func WithReport(ctx context.Context, report func(Denial)) context.Context {
	return context.WithValue(ctx, reportKey{}, report)
}

// Denied tells whoever keeps the door that something was denied.
func Denied(ctx context.Context, d Denial) {
	if report, ok := ctx.Value(reportKey{}).(func(Denial)); ok {
		report(d)
	}
}

// Denies says what the principal may not do for a unit, and what it may do instead.
func (p Principal) Denies(need Ability, org string) events.Text {
	if p.Org == "" || p.Can == 0 {
		return events.Text{ZH: "没有通过身份认证", EN: "nobody was authenticated"}
	}
	where := Principal{Org: org}.Units()
	switch org {
	case Everywhere:
	case "":
		where = events.Text{ZH: "任何单位", EN: "any unit"}
	default:
		where = events.Text{ZH: org, EN: org}
	}
	units, want, can := p.Units(), need.Words(), p.Can.Words()
	return events.Text{
		ZH: fmt.Sprintf("令牌 %s 不能为 %s %s；它只能为 %s %s", p.Name, where.ZH, want.ZH, units.ZH, can.ZH),
		EN: fmt.Sprintf("the token %s may not %s for %s; it may %s for %s", p.Name, want.EN, where.EN, can.EN, units.EN),
	}
}
