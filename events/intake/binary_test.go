package intake_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events/intake"
)

// headers makes a header of pairs of a name, spelled as it is given, and a value.
func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h[pairs[i]] = append(h[pairs[i]], pairs[i+1])
	}
	return h
}

// said are the headers of a training in binary mode, and more pairs.
func said(more ...string) http.Header {
	return headers(append([]string{"ce-specversion", "1.0", "ce-type", "TrainingHeld", "ce-time", "2018-02-28", "Content-Type", "application/json"}, more...)...)
}

const attended = `{"attendees":1}`

// mustAnswer reads the one outcome of an answer.
func mustAnswer(tb testing.TB, body []byte) intake.EventAnswer {
	tb.Helper()
	var a intake.Answer
	if err := json.Unmarshal(body, &a); err != nil || len(a.Events) != 1 {
		tb.Fatalf("answer %v: %s", err, body)
	}
	return a.Events[0]
}

func TestBinaryModeReadsAttributesFromHeaders(t *testing.T) {
	r := start(t, memory())
	for _, tt := range []struct {
		name   string
		header http.Header
		id     string
	}{
		{"as they are", said("ce-id", "a1"), "a1"},
		{"in capitals", headers("CE-SPECVERSION", "1.0", "CE-TYPE", "TrainingHeld", "CE-TIME", "2018-02-28", "CE-ID", "a2", "CONTENT-TYPE", "APPLICATION/JSON"), "a2"},
		{"another JSON type, with a charset", headers("Ce-Specversion", "1.0", "Ce-Type", "TrainingHeld", "Ce-Time", "2018-02-28", "Ce-Id", "a3", "Content-Type", `Application/Vnd.Training+JSON; Charset="UTF-8"`), "a3"},
		{"without a content type", headers("Ce-Specversion", "1.0", "Ce-Type", "TrainingHeld", "Ce-Time", "2018-02-28", "Ce-Id", "a4"), "a4"},
		{"percent-encoded", said("ce-id", "%E7%AC%AC%e4%b8%80%E6%9C%9F"), "第一期"},
		{"raw UTF-8", said("ce-id", "第二期"), "第二期"},
		{"both", said("ce-id", "第%E4%B8%89期"), "第三期"},
		{"encoded without need", said("ce-id", "%61%35"), "a5"},
		{"a percent sign", said("ce-id", "100%25"), "100%"},
		{"one round of decoding only", said("ce-id", "%2541"), "%41"},
		{"a quoted string", said("ce-id", `"a \"b\" c\\"`), `a "b" c\`},
		{"a quote within", said("ce-id", `5" pipe`), `5" pipe`},
		{"a plus stays", said("ce-id", "a+b"), "a+b"},
		{"blanks within", said("ce-id", "a b"), "a b"},
		{"four bytes a character", said("ce-id", "%F0%A0%AE%B7"), "𠮷"},
		{"extensions", said("ce-id", "a6", "ce-org", "450700", "ce-traceparent", "00-1-2-01"), "a6"},
		{"the content type once more", said("ce-id", "a7", "ce-datacontenttype", "application/json"), "a7"},
		{"the schema", said("ce-id", "a8", "ce-dataschema", "TrainingHeld.v1"), "a8"},
		{"a time with a zone", said("ce-id", "a9", "ce-source", "kaohe:450703/%25E4%25B8%25AD"), "a9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, _, body := do(t, r.Handler(), call{header: tt.header, body: []byte(attended)})
			if got := mustAnswer(t, body); status != http.StatusOK || got.Status != intake.StatusNew || got.ID != tt.id {
				t.Errorf("status %d, %+v, want 200 and a new event with id %q", status, got, tt.id)
			}
		})
	}
	for at, e := range stored(t, r.log) {
		if string(e.Data) != `{"attendees":1,"sessions":1}` || e.Day().String() != "2018-02-28" {
			t.Errorf("at %s stands %+v", at, e)
		}
		if e.ID == "a6" && e.Org != "450700" || e.ID == "a9" && e.Source != "kaohe:450703/%E4%B8%AD" {
			t.Errorf("at %s stands %s of %s, %s", at, e.ID, e.Org, e.Source)
		}
	}
}

func TestBinaryModeDerivesIDs(t *testing.T) {
	r := start(t, memory())
	structured := r.emit(t, training("", 1), training("", 1, `"nth":2`))
	for i, header := range []http.Header{said(), said("CE-Nth", "2")} {
		_, _, body := do(t, r.Handler(), call{header: header, body: []byte(" {\n\"attendees\": 1 }\n")})
		want := structured.Events[i]
		if got := mustAnswer(t, body); got.Status != intake.StatusRecorded || got.ID != want.ID || got.Position != want.Position.String() {
			t.Errorf("%v: %+v, want recorded at %v with id %s", header, got, want.Position, want.ID)
		}
	}
}

// What is wrong with an attribute is said of the field, and of the header that carries it.
func TestBinaryModeNamesFieldAndHeader(t *testing.T) {
	r := start(t, memory())
	for _, tt := range []struct {
		name                string
		header              http.Header
		body                string
		field, header2, why string // of the fault
	}{
		{"no specversion", headers("ce-type", "TrainingHeld", "ce-time", "2018-02-28", "Content-Type", "application/json"), attended, "specversion", "ce-specversion", "missing"},
		{"another specversion", headers("ce-specversion", "0.3", "ce-type", "TrainingHeld", "ce-time", "2018-02-28"), attended, "specversion", "ce-specversion", "enum"},
		{"a day that no calendar has", headers("ce-specversion", "1.0", "ce-type", "TrainingHeld", "ce-time", "2018-02-30"), attended, "time", "ce-time", "format"},
		{"an attribute that no event has", said("ce-sorce", "x"), attended, "sorce", "ce-sorce", "unknown"},
		{"a name beyond ASCII", said("ce-org", "%E9%92%A6%E5%8C%97"), attended, "org", "ce-org", "unknown"},
		{"given twice", said("ce-id", "a", "ce-id", "b"), attended, "id", "ce-id", "duplicate"},
		{"given twice in other letters", said("ce-id", "a", "CE-ID", "a"), attended, "id", "ce-id", "duplicate"},
		{"empty", said("ce-id", ""), attended, "id", "ce-id", "length"},
		{"a control character", said("ce-id", "a%0Ab"), attended, "id", "ce-id", "control"},
		{"NUL", said("ce-id", "%00"), attended, "id", "ce-id", "control"},
		{"too long", said("ce-id", strings.Repeat("%E4%B8%AD", 171)), attended, "id", "ce-id", "length"},
		{"a source beyond ASCII", said("ce-source", "kaohe:450703/%E4%B8%AD"), attended, "source", "ce-source", "format"},
		{"nth and id", said("ce-id", "a", "ce-nth", "2"), attended, "nth", "ce-nth", "not_allowed"},
		{"the principal", said("ce-principal", "root"), attended, "principal", "ce-principal", "not_allowed"},
		{"data in base64", said("ce-data_base64", "e30="), attended, "data_base64", "ce-data_base64", "not_allowed"},
		{"data as a header, too", said("ce-data", attended), attended, "data", "ce-data", "duplicate"},
		{"data as a header alone", said("ce-data", attended), "", "data", "", "type"},
		{"another content type of the data", said("ce-datacontenttype", "text/csv"), attended, "datacontenttype", "ce-datacontenttype", "enum"},
		{"no data", said(), "", "data", "", "missing"},
		{"null", said(), "null", "data", "", "missing"},
		{"an array", said(), "[" + attended + "]", "data", "", "type"},
		{"wrong data", said(), `{"attendees":-1}`, "data.attendees", "", "range"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, _, body := do(t, r.Handler(), call{header: tt.header, body: []byte(tt.body)})
			got := mustAnswer(t, body)
			if status != http.StatusUnprocessableEntity || got.Error == nil || len(got.Error.Faults) != 1 {
				t.Fatalf("status %d, %s, want 422 and one fault", status, body)
			}
			f := got.Error.Faults[0]
			if diff := cmp.Diff([]string{tt.field, tt.header2, tt.why}, []string{f.Field, f.Header, f.Code}); diff != "" {
				t.Errorf("fault (-want +got):\n%s\n%s", diff, body)
			}
			if tt.field == "source" && (!strings.Contains(f.Hint, "%25") || !strings.Contains(f.Message, "%25")) {
				t.Errorf("the hint %q leads to a header that is refused again", f.Hint)
			}
		})
	}
	if n := len(stored(t, r.log)); n != 0 {
		t.Errorf("the log holds %d events, want none", n)
	}
}

func TestBinaryModeRefusesHeadersThatCannotBeDecoded(t *testing.T) {
	r := start(t, memory())
	many := said()
	for i := range 100 {
		many.Set(fmt.Sprint("ce-x", i), "1")
	}
	for _, tt := range []struct {
		name   string
		header http.Header
		body   string
		status int
		code   string
		blamed string
		detail string
	}{
		{"half an escape", said("ce-id", "50%"), attended, 400, "header", "ce-id", "at byte 3 is not followed by two hexadecimal digits; a percent sign itself is written %25"},
		{"no escape", said("ce-id", "%zz"), attended, 400, "header", "ce-id", "ce-id: the % at byte 1"},
		{"an overlong encoding", said("ce-id", "%C0%A0"), attended, 400, "header", "ce-id", "not valid UTF-8"},
		{"half a surrogate pair", said("ce-id", "%ED%A0%80"), attended, 400, "header", "ce-id", "not valid UTF-8"},
		{"GBK", said("CE-ID", "\xb5\xda\xd2\xbb"), attended, 400, "header", "ce-id", "not valid UTF-8"},
		{"half a quoted string", said("ce-source", `"a`), attended, 400, "header", "ce-source", "do not pair"},
		{"something after a quoted string", said("ce-source", `"a" b`), attended, 400, "header", "ce-source", "do not pair"},
		{"all of them are named", said("ce-id", "%", "ce-org", "%FF"), attended, 400, "header", "ce-id", "; ce-org: "},
		{"too many", many, attended, 431, "headers_too_large", "", "At most 100"},
		{"too many of one", said("ce-id", "1", "ce-id", "2", "ce-id", strings.Repeat("a", 16<<10)), attended, 431, "headers_too_large", "", "16384 bytes"},
		{"a body that is no JSON", said(), `{"attendees":`, 400, "not_json", "", "ends too early"},
		{"two values", said(), attended + attended, 400, "not_json", "", "something follows"},
		{"a form", headers("ce-specversion", "1.0", "Content-Type", "application/x-www-form-urlencoded"), "a=b", 415, "media_type", "", "must be JSON"},
		{"another charset", headers("ce-specversion", "1.0", "Content-Type", "application/json; charset=gb18030"), attended, 415, "media_type", "", "charset=gb18030"},
		{"no media type", headers("ce-specversion", "1.0", "Content-Type", "json"), attended, 415, "media_type", "", "must be JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, _, body := do(t, r.Handler(), call{header: tt.header, body: []byte(tt.body)})
			var p intake.Problem
			if err := json.Unmarshal(body, &p); err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			if status != tt.status || p.Code != tt.code || p.Header != tt.blamed || !strings.Contains(p.Detail, tt.detail) {
				t.Errorf("status %d, %+v, want %d, %s, header %q, %q", status, p, tt.status, tt.code, tt.blamed, tt.detail)
			}
		})
	}
}

// A header that carries no attribute changes nothing, and attributes in headers mean nothing where the body is the event.
func TestOtherHeadersAreNotAttributes(t *testing.T) {
	r := start(t, memory())
	for i, c := range []call{
		{header: said("ce-id", "a", "cd-org", "1", "ce", "1", "ce-", "1", "x-ce-org", "1"), body: []byte(attended)},
		{contentType: intake.MediaEvent, header: headers("ce-id", "x", "ce-org", "%"), body: training("a", 1)},
		{contentType: intake.MediaBatch, header: headers("ce-id", "x", "ce-org", "%"), body: batch(training("a", 1))},
	} {
		status, _, body := do(t, r.Handler(), c)
		if got := mustAnswer(t, body); status != http.StatusOK || got.ID != "a" || got.Position != "1-0" {
			t.Errorf("request %d: status %d, %+v, want the one event at 1-0", i, status, got)
		}
	}
}
