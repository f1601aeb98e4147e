package intake_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The vectors of derived ids are frozen for ever: an event that was recorded under one must get the same id when it is
// sent again. A difference here is never to be "updated" away; new vectors are only added at the end.
func TestDerivedIDsNeverChange(t *testing.T) {
	const file = "testdata/ids.golden"
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	in := offline(t, closes)
	var got bytes.Buffer
	for line := range strings.Lines(string(want)) {
		raw, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if raw == "" || raw[0] == '#' {
			got.WriteString(line)
			continue
		}
		e, refusal := in.Prepare([]byte(raw))
		if refusal != nil {
			t.Fatalf("%s: refused: %s", raw, refusal.Text.EN)
		}
		fmt.Fprintf(&got, "%s\t%s\n", raw, e.ID)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		if !*update {
			t.Fatalf("derived ids (-frozen +now):\n%s", diff)
		}
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDerivedIDs(t *testing.T) {
	in := offline(t)
	id := func(attributes, data string) string {
		t.Helper()
		e, refusal := in.Prepare(fmt.Appendf(nil, `{"specversion":"1.0",%s,"data":%s}`, attributes, data))
		if refusal != nil {
			t.Fatalf("%s %s: refused: %s", attributes, data, refusal.Text.EN)
		}
		return e.ID
	}
	const training, firm = `"type":"TrainingHeld","time":"2018-02-28"`, `"type":"FirmRecognized","time":"2018-02-28"`
	base := id(training, `{"attendees":30,"cost_yuan":"100.00","topic":"é"}`)
	key := id(firm, `{"firm":"F","certificate_no":"GR1"}`)
	tests := []struct {
		name     string
		one, two string
		same     bool
	}{
		{"another order and spelling of the same content", base, id(training, `{"topic":"e\u0301","cost_yuan":100,"attendees":3e1}`), true},
		{"another hour of the same day", base, id(`"type":"TrainingHeld","time":"2018-02-28T17:00:00+08:00"`, `{"attendees":30,"cost_yuan":"100.00","topic":"é"}`), true},
		{"another source", base, id(training+`,"source":"x"`, `{"attendees":30,"cost_yuan":"100.00","topic":"é"}`), true},
		{"another day", base, id(`"type":"TrainingHeld","time":"2018-03-01"`, `{"attendees":30,"cost_yuan":"100.00","topic":"é"}`), false},
		{"another org", base, id(training+`,"org":"450700"`, `{"attendees":30,"cost_yuan":"100.00","topic":"é"}`), false},
		{"a fen more", base, id(training, `{"attendees":30,"cost_yuan":"100.01","topic":"é"}`), false},
		{"nth 1", base, id(training+`,"nth":1`, `{"attendees":30,"cost_yuan":"100.00","topic":"é"}`), true},
		{"nth 2", base, id(training+`,"nth":2`, `{"attendees":30,"cost_yuan":"100.00","topic":"é"}`), false},
		{"a default spelt out is other content", id(training, `{"attendees":30}`), id(training, `{"attendees":30,"sessions":1}`), false},
		{"other content, same identifying fields", key, id(firm, `{"firm":"G","certificate_no":"GR1","score":3}`), true},
		{"another identifying field", key, id(firm, `{"firm":"F","certificate_no":"GR2"}`), false},
		{"an identifying field is missing", key, id(firm, `{"firm":"F"}`), false},
	}
	for _, tt := range tests {
		if same := tt.one == tt.two; same != tt.same {
			t.Errorf("%s: ids %s and %s, want same = %v", tt.name, tt.one, tt.two, tt.same)
		}
	}
	for _, tt := range []struct{ id, prefix string }{{base, "h1-"}, {key, "k1-"}, {id(firm, `{"firm":"F"}`), "h1-"}} {
		if !strings.HasPrefix(tt.id, tt.prefix) || len(tt.id) != 35 {
			t.Errorf("id %s, want %s and 32 hexadecimal digits", tt.id, tt.prefix)
		}
	}
}
