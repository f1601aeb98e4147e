package app

import (
	"strings"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/intake"
	"github.com/kaohe/kaohe/indicators/quality"
)

// restOfChecks is about as long as an event takes to check: half of a processor is left to others.
const restOfChecks = 10 * time.Microsecond

// newQuality makes what tells what is odd about facts. It reads the log once the figures have caught up, by the present plan.
func (a *App) newQuality() (*quality.Watch, error) {
	w, err := quality.New(quality.Options{
		Plan: a.plan, Log: a.log, IDs: a.archive.IDs(), State: a.runner, CaughtUp: a.runner.CaughtUp(), Rest: restOfChecks,
		Logger: a.opts.Logger.With("part", "quality"),
	})
	if err != nil {
		return nil, err
	}
	return w, a.registry.Register(w)
}

// notice says what is odd about events, with the rule as the code of each warning.
func (a *App) notice(list []events.Event) [][]intake.Warning {
	found := a.quality.Notice(list)
	if found == nil {
		return nil
	}
	warnings := make([][]intake.Warning, len(found))
	for i := range found {
		for _, f := range found[i] {
			warnings[i] = append(warnings[i], intake.Warning{Code: f.Rule, Text: a.warning(&list[i], &f)})
		}
	}
	return warnings
}

// warning is what the sender of an event is told of a finding. Where other units' events have to do with it, and these are not
// for the sender to read, it is only that there is something.
func (a *App) warning(e *events.Event, f *quality.Finding) events.Text {
	if a.mayRead(e.Principal, e.Org, f.Org) {
		return events.Text{ZH: f.Rule + " " + sentence(f.Text.ZH, "。") + f.Hint.ZH, EN: f.Rule + ": " + sentence(f.Text.EN, ".") + " " + f.Hint.EN}
	}
	return events.Text{
		ZH: f.Rule + " " + f.Title.ZH + "：与其他单位登记的内容有关；能查看 " + f.Org + " 的人用 kaohe findings --org " + f.Org + " 可看到",
		EN: f.Rule + ": " + f.Title.EN + ": it has to do with what other units recorded; who may read " + f.Org + " sees it with kaohe findings --org " + f.Org,
	}
}

// sentence ends a text with a stop, unless it is a question.
func sentence(s, stop string) string {
	if strings.HasSuffix(s, "?") || strings.HasSuffix(s, "？") {
		return s
	}
	return s + stop
}

// mayRead reports whether the sender of an event of a unit may read a finding of another one. Whoever may record events at a unit
// knows those of that unit and below.
func (a *App) mayRead(principal, unit, org string) bool {
	orgs := a.plan.Orgs
	own, known1 := orgs.Index(unit)
	other, known2 := orgs.Index(org)
	if !known1 || !known2 {
		return false
	}
	if principal == "" || orgs.Under(other, own) {
		return true
	}
	p, ok := a.tokens.Principal(principal)
	return ok && p.May(access.Read, orgs, org)
}
