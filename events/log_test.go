package events_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
)

func TestPosition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := events.At(rapid.Uint64Range(1, 1<<50).Draw(t, "seq"), rapid.IntRange(0, events.MaxEvents-1).Draw(t, "index"))
		b := events.At(rapid.Uint64Range(1, 1<<50).Draw(t, "seq"), rapid.IntRange(0, events.MaxEvents-1).Draw(t, "index"))
		if got, err := events.ParsePosition(a.String()); err != nil || got != a {
			t.Fatalf("ParsePosition(%s) = %v, %v", a, got, err)
		}
		before := a.Seq() < b.Seq() || (a.Seq() == b.Seq() && a.Index() < b.Index())
		if (a < b) != before {
			t.Fatalf("%s < %s is %v", a, b, a < b)
		}
	})
	for _, bad := range []string{"", "1", "1-", "-1", "1-1000", "a-1", "1-b", "1-1-1", "99999999999999999999-1", "01-0", "1-00", "+1-0"} {
		if p, err := events.ParsePosition(bad); err == nil {
			t.Errorf("ParsePosition(%q) = %v, want an error", bad, p)
		}
	}
}

func TestBatchesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.StringMatching(`\{"[a-z]{0,5}":[0-9]\}`), 1, 30).Draw(t, "lines")
		var raw [][]byte
		size := 0
		for _, l := range lines {
			raw = append(raw, []byte(l))
			size += len(l)
		}
		body := events.AppendBatch(nil, raw)
		if len(body) != events.BatchSize(len(raw), size) {
			t.Fatalf("BatchSize() = %d, the body has %d", events.BatchSize(len(raw), size), len(body))
		}
		got, err := (&events.Commit{Body: body}).Lines()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for i, line := range got {
			if i != n || !bytes.Equal(line, raw[i]) {
				t.Fatalf("line %d is %s, want %s", i, line, raw[n])
			}
			n++
		}
		if n != len(raw) {
			t.Fatalf("%d lines, want %d", n, len(raw))
		}
	})
}

func TestLinesRefusesForeignBodies(t *testing.T) {
	for name, body := range map[string]string{
		"nothing": "", "a word": "hello", "an empty list": "[]", "no event": "[\n\n]", "one line": `[{"a":1}]`,
		"an open end": "[\n{}", "too many events": "[\n" + strings.Repeat("{},\n", events.MaxEvents) + "{}\n]",
	} {
		if _, err := (&events.Commit{Body: []byte(body)}).Lines(); !errors.Is(err, events.ErrBody) {
			t.Errorf("%s: Lines() = %v, want that it is no commit", name, err)
		}
	}
}

// TestChainIsFrozen: the hash of a commit is part of the format of the log.
func TestChainIsFrozen(t *testing.T) {
	first := events.Commit{Seq: 1, ID: "c1", Prev: events.Head{}.HashHex(), Recorded: time.Unix(1, 0), Body: []byte("[\n{}\n]")}
	// printf '%s\n%s\n[\n{}\n]' $(printf '0%.0s' $(seq 64)) c1 | sha256sum
	const want = "34020ccfe404ce6a7f170d25e82be63d69c041d2e12072305cd4b29ee3d5294b"
	head := first.Head()
	if head.HashHex() != want {
		t.Errorf("hash of the first commit = %s, want %s", head.HashHex(), want)
	}
	if !first.Follows(events.Head{}) {
		t.Error("the first commit does not follow the empty log")
	}
	second := events.Commit{Seq: 2, ID: "c2", Prev: head.HashHex(), Body: first.Body}
	if !second.Follows(head) {
		t.Error("the second commit does not follow the first")
	}
	for name, change := range map[string]func(*events.Commit){
		"body": func(c *events.Commit) { c.Body = []byte("[\n{ }\n]") }, "id": func(c *events.Commit) { c.ID = "c9" },
		"what stands before": func(c *events.Commit) { c.Prev = strings.Repeat("1", 64) }, "place": func(c *events.Commit) { c.Seq = 3 },
	} {
		changed := first
		if change(&changed); second.Follows(changed.Head()) {
			t.Errorf("the second commit still follows when the first has another %s", name)
		}
	}
}

func TestIDs(t *testing.T) {
	ids := events.NewIDs()
	a, b, c := events.KeyOf("s", "a"), events.KeyOf("s", "b"), events.KeyOf("s", "c")
	if got := ids.Record(a, events.At(1, 0)); got != events.At(1, 0) {
		t.Errorf("Record() of a new event = %v", got)
	}
	first := make([]events.Position, 3)
	ids.RecordAll([]events.Key{b, a, b}, 2, []int{0, 1, 3}, first)
	for i, want := range []events.Position{events.At(2, 0), events.At(1, 0), events.At(2, 0)} {
		if first[i] != want {
			t.Errorf("first position %d = %v, want %v", i, first[i], want)
		}
	}
	if _, known := ids.Lookup(c); known || ids.Len() != 2 {
		t.Errorf("Lookup of an unknown event = %v, Len() = %d", known, ids.Len())
	}
}
