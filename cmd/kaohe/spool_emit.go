package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
	"github.com/kaohe/kaohe/events/intake"
)

// draft is an event as it was typed, where no catalogue was at hand that says what the values mean.
type draft struct {
	Type        string    `json:"type"`
	Assignments []string  `json:"assignments,omitempty"`
	ID          string    `json:"id,omitempty"`
	Source      string    `json:"source,omitempty"`
	Org         string    `json:"org,omitempty"`
	Nth         int       `json:"nth"`
	Time        string    `json:"time,omitempty"` // as typed; empty: the day of At where the plan lives
	At          time.Time `json:"at"`             // when it was typed
}

// keepDraft keeps an event as it was typed. What is wrong with its form, whatever it means, is said at once.
func (e *emission) keepDraft(ctx context.Context, box *outbox, typ string, args []string, list []assignment) error {
	if _, _, err := box.c.data(nil, list, forms.Convert); err != nil {
		return err
	}
	if !spooled(typ) {
		return box.notKept(typ)
	}
	d := draft{typ, args, e.id, e.source, e.org, e.nth, e.time, time.Now().Truncate(time.Second)}
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	waiting, err := box.keep(ctx, spool.Entry{Draft: text})
	if err != nil {
		return err
	}
	box.why()
	if e.output != "json" {
		box.c.line(box.c.stderr, box.c.say("注意: 从未连上过服务，还不知道各字段的含义；金额等到发送时再换算和检查",
			"warning: the server was never reached, so that nothing is known of the fields yet; amounts are converted and checked when it is sent"))
	}
	return e.sayKept(box, typ, waiting)
}

// event makes an event of a draft by what the plan knows. It is nil if nothing can be made of it.
func (d *draft) event(c *cli, known *forms.Catalogue) (body []byte, notes []string) {
	e := emission{id: d.ID, source: d.Source, org: d.Org, time: d.Time, nth: d.Nth}
	if e.org == "" {
		e.org = known.DefaultOrg
	}
	if e.time == "" {
		e.time = events.DayOf(d.At.In(zoneOf(known))).String()
	}
	list, err := c.assignments(d.Assignments)
	if err != nil {
		return nil, nil
	}
	body, notes, err = e.event(c, known, d.Type, list)
	if err != nil {
		return nil, nil
	}
	return body, notes
}

// zoneOf is the time zone in which the plan lives.
func zoneOf(known *forms.Catalogue) *time.Location {
	zone, err := time.LoadLocation(known.TimeZone)
	if err != nil {
		return time.Local
	}
	return zone
}

// showKept says that an event is kept, and how it was understood.
func (e *emission) showKept(box *outbox, body []byte, notes []string, waiting int) error {
	box.why()
	people := box.c.stdout
	if e.output == "json" {
		people = box.c.stderr
	}
	for _, note := range notes {
		box.c.line(people, note)
	}
	return e.sayKept(box, typeOf(body), waiting)
}

// keptAnswer has the shape of a receipt.
type keptAnswer struct {
	Kept    int         `json:"kept"`
	Waiting int         `json:"waiting"`
	Spool   string      `json:"spool"`
	Events  []keptEvent `json:"events"`
}

type keptEvent struct {
	Index  int           `json:"index"`
	Status intake.Status `json:"status"` // kept
	Type   string        `json:"type"`
}

func (e *emission) sayKept(box *outbox, typ string, waiting int) error {
	dir := box.spool.Dir
	if e.output == "json" {
		return box.c.printJSON(keptAnswer{1, waiting, dir, []keptEvent{{0, "kept", typ}}})
	}
	box.c.line(box.c.stdout, box.c.sayf("已暂存在 %[1]s（%[2]s），共 %[3]d 条待发；连上服务后执行 kaohe flush --spool %[1]s",
		"kept in %[1]s (%[2]s), %[3]d waiting; kaohe flush --spool %[1]s sends them", dir, typ, waiting))
	return nil
}
