package main

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/spool"
)

// maxListed bounds what is listed of a spool.
const maxListed = 1000

// spoolAnswer is the list for programs.
type spoolAnswer struct {
	Spool   string       `json:"spool"`
	Waiting int          `json:"waiting"`
	Refused int          `json:"refused"` // before, and kept in a file
	Entries []spoolEntry `json:"entries"` // the first of those that wait
}

type spoolEntry struct {
	N     uint64          `json:"n"`
	Event json.RawMessage `json:"event,omitempty"`
	Draft json.RawMessage `json:"draft,omitempty"` // as typed, not yet understood
}

// listSpool shows what waits.
func (c *cli) listSpool(ctx context.Context, sp *spool.Spool, output string) error {
	waiting, err := sp.Waiting(ctx)
	before, err2 := sp.Refusals(ctx)
	answer := spoolAnswer{sp.Dir, waiting, before, []spoolEntry{}}
	err3 := sp.Each(ctx, func(e spool.Entry) bool {
		answer.Entries = append(answer.Entries, spoolEntry{e.N, e.Event, e.Draft})
		return len(answer.Entries) < maxListed
	})
	if err := errors.Join(err, err2, err3); err != nil {
		return err
	}
	if output == "json" {
		return c.printJSON(answer)
	}
	if len(answer.Entries) > 0 {
		g := grid{head: []string{"n", c.say("类型", "type"), c.say("日期", "day"), c.say("单位", "unit"), c.say("内容", "content")}, right: []bool{true, false, false, false, false}}
		for _, e := range answer.Entries {
			g.rows = append(g.rows, e.cells())
		}
		g.write(c.stdout, c.color, c.width())
	}
	if more := waiting - len(answer.Entries); more > 0 && len(answer.Entries) == maxListed {
		c.line(c.stdout, c.sayf("（还有 %d 条）", "(and %d more)", more))
	}
	c.line(c.stdout, c.sayf("共 %d 条待发；先前未接受 %d 条", "%d waiting; %d refused before", waiting, before))
	return nil
}

// cells are the entry as a row.
func (e spoolEntry) cells() []string {
	const most = 60 // characters of the content
	var event struct {
		Type, Time, Org string
		Data            json.RawMessage
	}
	_ = json.Unmarshal(e.Event, &event)
	content := string(event.Data)
	if e.Draft != nil {
		var d draft
		_ = json.Unmarshal(e.Draft, &d)
		event.Type, event.Time, event.Org = d.Type, d.Time, d.Org
		if event.Time == "" {
			event.Time = d.At.Format("2006-01-02")
		}
		args, _ := json.Marshal(d.Assignments)
		content = string(args)
	}
	if utf8.RuneCountInString(content) > most {
		content = string([]rune(content)[:most-1]) + "…"
	}
	return []string{strconv.FormatUint(e.N, 10), event.Type, event.Time, event.Org, content}
}
