package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// oneEach leaves out the repeats within an atomic request: of equal events the first decides, of unequal ones with the
// same id all but the first are refused.
func oneEach(open []*fact) []*fact {
	seen := make(map[events.Key]*fact, len(open))
	return slices.DeleteFunc(open, func(f *fact) bool {
		first, twice := seen[f.key]
		if !twice {
			seen[f.key] = f
			return false
		}
		if sameFact(f, &first.event) {
			f.first = first
		} else {
			f.refusal = conflict(f, &first.event, 0)
		}
		return true
	})
}

// holdBack refuses the open facts of an atomic request if not all of it can be committed at once, and returns those that
// the writer shall see: all or none.
func holdBack(facts []fact, open []*fact) []*fact {
	reason, held := whyNot(facts, open)
	if !held {
		return open
	}
	for i := range facts {
		if f := &facts[i]; f.refusal == nil && f.at == 0 {
			f.refusal = &Refusal{Code: CodeHeldBack, Text: reason}
		}
	}
	return nil
}

func whyNot(facts []fact, open []*fact) (events.Text, bool) {
	for _, f := range open {
		if f.sent != nil && len(open) > 1 {
			return events.Text{
				ZH: "作废、更正和锁定要根据当时的记录处理,不能与其他事件整批提交(atomic);请单独提交",
				EN: "a void, correction or closing is completed by what stands before it and cannot share an atomic request; send it by itself",
			}, true
		}
	}
	var bad []string
	for i := range facts {
		if facts[i].refusal != nil {
			bad = append(bad, strconv.Itoa(i))
		}
	}
	if len(bad) > 0 {
		list := strings.Join(bad[:min(len(bad), 10)], ", ")
		if len(bad) > 10 {
			list += ", …"
		}
		return events.Text{
			ZH: "本事件无误,但整批提交(atomic)中有事件被拒,全部未记录;被拒事件的序号(从 0 起):" + list,
			EN: "this event is good, but the request is atomic and others were refused, so none was recorded; index of those refused, from 0: " + list,
		}, true
	}
	bytes := 0
	for _, f := range open {
		bytes += len(f.line)
	}
	if size := events.BatchSize(len(open), bytes); len(open) > events.MaxEvents || size > events.MaxCommit {
		return events.Text{
			ZH: fmt.Sprintf("整批提交(atomic)至多 %d 个事件、%d 字节;这一批有 %d 个、%d 字节,全部未记录", events.MaxEvents, events.MaxCommit, len(open), size),
			EN: fmt.Sprintf("an atomic request holds at most %d events and %d bytes; this one has %d and %d, so none was recorded",
				events.MaxEvents, events.MaxCommit, len(open), size),
		}, true
	}
	return events.Text{}, false
}
