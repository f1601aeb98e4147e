package recount_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// layout says in which commit each record of a log stands, from 1.
type layout []uint64

// together puts so many records at a time into a commit; what activates a plan has one to itself.
func together(log []record, n int) layout {
	l, seq, in := make(layout, len(log)), uint64(1), 0
	for i := range log {
		if in > 0 && (in >= n || log[i].kind == "plan" || log[i-1].kind == "plan") {
			seq, in = seq+1, 0
		}
		l[i], in = seq, in+1
	}
	return l
}

// written writes a log as the intake does: control events state the place of what they act upon and the versions before and
// after, if it stands before them. It returns the lines of each commit.
func written(log []record, at layout) (commits [][][]byte) {
	lines, index := make([][]byte, len(log)), make([]int, len(log))
	for i := range log {
		if i == 0 || at[i] != at[i-1] {
			commits = append(commits, nil)
		}
		last := &commits[len(commits)-1]
		index[i] = len(*last)
		lines[i] = line(log, i, at, index, lines)
		*last = append(*last, lines[i])
	}
	return commits
}

// flat lists the lines of commits.
func flat(commits [][][]byte) (lines [][]byte) {
	for _, commit := range commits {
		lines = append(lines, commit...)
	}
	return lines
}

func line(log []record, i int, at layout, index []int, before [][]byte) []byte {
	r := &log[i]
	e := r.event
	switch r.kind {
	case "again":
		return before[r.target]
	case "closed":
		e.Data = handedIn(e.Data, at[i])
	case "void", "correction":
		e = control(log, i, at, index)
	}
	return e.AppendLine(nil)
}

// handedIn completes a closing.
func handedIn(data []byte, seq uint64) []byte {
	o := unmarshalled(data)
	o["as_of"], o["plan"], o["position"] = "2018-03-31", strings.Repeat("0", 64), events.At(seq-1, 0).String()
	o["scorecard"] = object{"indicators": []any{}}
	return canonical(o)
}

// control writes an EventVoided or EventCorrected.
func control(log []record, i int, at layout, index []int) events.Event {
	r, to := &log[i], &log[log[i].target]
	typ := map[string]string{"void": "EventVoided", "correction": "EventCorrected"}[r.kind]
	source, id := named(log, r.target)
	data := object{"target_source": source, "target_id": id, "reason": "试验"}
	if r.kind == "correction" {
		data["patch"] = r.patch
	}
	if r.target < i {
		data["target"] = events.At(at[r.target], index[r.target]).String()
		if to.kind == "fact" {
			data["was"] = versionOf(r.was)
		}
		if r.kind == "correction" {
			data["now"] = versionOf(r.now)
		}
	}
	source, id = named(log, i)
	return events.Event{Type: typ, Source: source, ID: id, Time: midnight("2018-04-01"), Org: "450703", Schema: typ + ".v1", Data: canonical(data)}
}

// named is the source and id of a record.
func named(log []record, i int) (source, id string) {
	if r := &log[i]; r.kind != "void" && r.kind != "correction" {
		return r.event.Source, r.event.ID
	}
	return "kaohe:control", fmt.Sprint(i)
}

func versionOf(e events.Event) object {
	return object{"type": e.Type, "time": e.Time, "org": e.Org, "dataschema": e.Schema, "data": json.RawMessage(e.Data)}
}
