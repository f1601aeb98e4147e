package events_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
)

var grant = events.Event{
	Type: "PatentGranted", Source: "kaohe:450703", ID: "ZL1", Time: "2018-02-28T00:00:00+08:00", Org: "450703",
	Principal: "staff", Schema: "PatentGranted.v1", Data: []byte(`{"kind":"invention","note":"钦北"}`),
}

// TestLineIsFrozen: logs hold lines for ever, so the layout must never change.
func TestLineIsFrozen(t *testing.T) {
	const want = `{"specversion":"1.0","type":"PatentGranted","source":"kaohe:450703","id":"ZL1","time":"2018-02-28T00:00:00+08:00",` +
		`"org":"450703","principal":"staff","dataschema":"PatentGranted.v1","data":{"kind":"invention","note":"钦北"}}`
	if got := string(grant.AppendLine(nil)); got != want {
		t.Errorf("AppendLine() =\n%s, want\n%s", got, want)
	}
	anonymous := grant
	anonymous.Principal = ""
	if got := string(anonymous.AppendLine(nil)); got != strings.Replace(want, `"principal":"staff",`, "", 1) {
		t.Errorf("without a principal AppendLine() =\n%s", got)
	}
	const key = "fd79dccfe0bc4e676b7bd4dc31e583f7" // printf 'kaohe:450703\0ZL1' | sha256sum | head -c 32
	if k := grant.Key(); hex.EncodeToString(k[:]) != key {
		t.Errorf("Key() = %x, want %s", k, key)
	}
}

// TestLinesComeBack: whatever an event holds, its line is JSON without a newline, and is read back as the same event.
func TestLinesComeBack(t *testing.T) {
	text := rapid.StringN(1, 40, 200)
	rapid.Check(t, func(t *rapid.T) {
		e := grant
		e.Source, e.ID, e.Org = text.Draw(t, "source"), text.Draw(t, "id"), text.Draw(t, "org")
		e.Principal = rapid.String().Draw(t, "principal")
		e.Data, _ = json.Marshal(map[string]string{"note": rapid.String().Draw(t, "note")})
		line := e.AppendLine(nil)
		if !json.Valid(line) || bytes.ContainsAny(line, "\n\r") {
			t.Fatalf("line %q is not one line of JSON", line)
		}
		var s events.Stored
		if err := s.ParseLine(line); err != nil {
			t.Fatalf("ParseLine(%q) = %v", line, err)
		}
		if diff := cmp.Diff(e, s.Event()); diff != "" {
			t.Fatalf("read back (-want +got):\n%s", diff)
		}
		if s.Key() != e.Key() || s.Day() != e.Day() {
			t.Fatalf("key or day differ")
		}
	})
}

func TestParseLineRefusesWhatIsNotCanonical(t *testing.T) {
	line := string(grant.AppendLine(nil))
	for name, bad := range map[string]string{
		"nothing":               "",
		"no object":             "[]",
		"another specversion":   strings.Replace(line, `"1.0"`, `"2.0"`, 1),
		"a blank":               strings.Replace(line, `,"id"`, `, "id"`, 1),
		"no id":                 strings.Replace(line, `"id":"ZL1",`, "", 1),
		"an empty id":           strings.Replace(line, `"ZL1"`, `""`, 1),
		"an id that is none":    strings.Replace(line, `"ZL1"`, `1`, 1),
		"another order":         strings.Replace(line, `"org":"450703","principal":"staff"`, `"principal":"staff","org":"450703"`, 1),
		"no data":               line[:strings.Index(line, `,"data"`)] + "}",
		"data that is a list":   line[:strings.Index(line, `{"kind"`)] + "[]}",
		"a cut line":            line[:len(line)-1],
		"a day that is none":    strings.Replace(line, "2018-02-28", "2018-02-30", 1),
		"invalid UTF-8":         strings.Replace(line, "staff", "\xff", 1),
		"an unfinished escape":  strings.Replace(line, "staff", `\`, 1),
		"something else before": " " + line,
	} {
		var s events.Stored
		if err := s.ParseLine([]byte(bad)); !errors.Is(err, events.ErrLine) {
			t.Errorf("%s: ParseLine() = %v, want that it is not canonical", name, err)
		}
	}
}

func FuzzParseLine(f *testing.F) {
	f.Add(grant.AppendLine(nil))
	f.Add([]byte(`{"specversion":"1.0","type":"A","source":"\u0041\"","id":"\\","time":"2018-02-28","org":"1","dataschema":"A.v1","data":{}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		var s events.Stored
		if s.ParseLine(line) != nil {
			return
		}
		e := s.Event()
		var again events.Stored
		if err := again.ParseLine(e.AppendLine(nil)); err != nil {
			t.Fatalf("%q was read, what it became was not: %v", line, err)
		}
		if again.Key() != s.Key() || again.Day() != s.Day() {
			t.Fatalf("%q has another identity or day once written again", line)
		}
	})
}

func TestSameContent(t *testing.T) {
	other := grant
	other.Principal = "somebody else"
	if !grant.SameContent(&other) {
		t.Error("who sent an event must not matter")
	}
	for name, change := range map[string]func(*events.Event){
		"type": func(e *events.Event) { e.Type = "X" }, "time": func(e *events.Event) { e.Time = "2018-03-01T00:00:00+08:00" },
		"org": func(e *events.Event) { e.Org = "450700" }, "schema": func(e *events.Event) { e.Schema = "X" },
		"data": func(e *events.Event) { e.Data = []byte(`{}`) },
	} {
		other := grant
		if change(&other); grant.SameContent(&other) {
			t.Errorf("another %s must matter", name)
		}
	}
}

// TestKeysKeepTheirParts: what is at the end of a source is not what is at the beginning of an id.
func TestKeysKeepTheirParts(t *testing.T) {
	if events.KeyOf("a", "bc") == events.KeyOf("ab", "c") {
		t.Error("(a, bc) and (ab, c) have the same key")
	}
}
