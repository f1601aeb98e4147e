package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events/intake"
)

// intakeStub answers as a server does, and remembers what it was sent. It stands for the network: which answer comes first,
// which request is refused or lost.
type intakeStub struct {
	*httptest.Server
	answer func(n int, ids []string, w http.ResponseWriter) bool // of the n-th request, from 1; false: as usual

	mu      sync.Mutex
	batches [][]string // ids of each request
	now     int        // requests that are being answered
	most    int
}

func newIntakeStub(t *testing.T, answer func(n int, ids []string, w http.ResponseWriter) bool) *intakeStub {
	t.Helper()
	s := &intakeStub{answer: answer}
	known, err := json.Marshal(defaultCatalogue(t))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/catalogue", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(known) })
	mux.HandleFunc("POST /v1/events", s.take)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *intakeStub) take(w http.ResponseWriter, r *http.Request) {
	var list []struct{ ID string }
	if err := json.NewDecoder(r.Body).Decode(&list); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	s.mu.Lock()
	s.batches = append(s.batches, ids)
	n := len(s.batches)
	s.now++
	s.most = max(s.most, s.now)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.now--
		s.mu.Unlock()
	}()
	if s.answer != nil && s.answer(n, ids, w) {
		return
	}
	s.record(w, ids)
}

// record says that events are new.
func (s *intakeStub) record(w http.ResponseWriter, ids []string) {
	answer := intake.Answer{New: len(ids)}
	for i, id := range ids {
		answer.Events = append(answer.Events, intake.EventAnswer{Index: i, Status: intake.StatusNew, ID: id, Source: "s"})
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// importLines imports lines of NDJSON from a file.
func (s *intakeStub) importLines(t *testing.T, lines []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "facts.ndjson")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return invoke(t, map[string]string{"KAOHE_SERVER": s.URL}, append([]string{"import", file}, args...)...)
}

func line(typ, id string) string { return fmt.Sprintf(`{"type":%q,"id":%q}`, typ, id) }

func linesOf(n int) (lines []string) {
	for i := range n {
		lines = append(lines, line("PatentGranted", fmt.Sprint(i)))
	}
	return lines
}

// TestImportAnswersInTheOrderOfTheFile holds the answer to the first batch back until two more have come.
func TestImportAnswersInTheOrderOfTheFile(t *testing.T) {
	third := make(chan struct{})
	s := newIntakeStub(t, func(n int, ids []string, _ http.ResponseWriter) bool {
		if ids[0] == "2000" {
			close(third)
		}
		if ids[0] == "0" {
			<-third
		}
		return false
	})
	code, stdout, stderr := s.importLines(t, linesOf(7500), "-o", "json")
	var answer struct{ Files []importedFile }
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil || code != exitDone {
		t.Fatalf("exit %d, %v, stderr %s", code, err, stderr)
	}
	for i, row := range answer.Files[0].Rows {
		if row.Row != i+1 || row.ID != fmt.Sprint(i) {
			t.Fatalf("row %d is %d with id %s", i+1, row.Row, row.ID)
		}
	}
	if n := answer.Files[0].New; n != 7500 {
		t.Errorf("%d new, want 7500", n)
	}
	if s.most > inFlight {
		t.Errorf("%d requests at once, want at most %d", s.most, inFlight)
	}
	for _, ids := range s.batches {
		if len(ids) > maxBatchEvents {
			t.Errorf("a batch of %d events, want at most %d", len(ids), maxBatchEvents)
		}
	}
}

// TestImportSendsWhatIsAboutOthersAlone: a void must find what it is about, and what follows it must find it voided.
func TestImportSendsWhatIsAboutOthersAlone(t *testing.T) {
	s := newIntakeStub(t, nil)
	code, _, stderr := s.importLines(t, []string{line("PatentGranted", "a"), line("PatentGranted", "b"), line("EventVoided", "v"), line("EventVoided", "w"), line("PatentGranted", "c")})
	if code != exitDone {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	if diff := cmp.Diff([][]string{{"a", "b"}, {"v", "w"}, {"c"}}, s.batches); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
}

// TestImportFindsTheEventThatSpoilsABatch: a server that takes a batch for rubbish because of one event gets it by halves.
func TestImportFindsTheEventThatSpoilsABatch(t *testing.T) {
	s := newIntakeStub(t, func(_ int, ids []string, w http.ResponseWriter) bool {
		for _, id := range ids {
			if id == "5" {
				w.WriteHeader(http.StatusBadRequest)
				fmt.Fprint(w, `{"title":"rubbish","code":"not_json","detail":"in id 5"}`)
				return true
			}
		}
		return false
	})
	code, stdout, stderr := s.importLines(t, linesOf(9))
	if code != exitRefused || !strings.Contains(stdout, "8 new, 0 already recorded, 1 refused") || !strings.Contains(stderr, "row 6: rubbish: in id 5") {
		t.Errorf("exit %d, stdout %s, stderr %s", code, stdout, stderr)
	}
}

func TestImportWaitsForAServerThatIsBusy(t *testing.T) {
	s := newIntakeStub(t, func(n int, _ []string, w http.ResponseWriter) bool {
		if n <= 2 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		}
		return n <= 2
	})
	code, stdout, stderr := s.importLines(t, linesOf(3))
	if code != exitDone || !strings.Contains(stdout, "3 new") {
		t.Errorf("exit %d, stdout %s, stderr %s", code, stdout, stderr)
	}
}

// TestImportGoesOnWhenTheServerIsBack: a connection that breaks once ends nothing; one that stays broken ends the import, which
// says how far it came.
func TestImportGoesOnWhenTheServerIsBack(t *testing.T) {
	for _, tt := range []struct {
		name   string
		broken func(n int, first string) bool
		code   int
		stdout string
		stderr string
	}{
		{"broken once", func(n int, _ string) bool { return n == 2 }, exitDone, "2500 new, 0 already recorded, 0 refused", ""},
		{"broken for good", func(_ int, first string) bool { return first != "0" }, exitFailed, "1000 new, 0 already recorded, 0 refused", "what is said above is known up to row 1000; run the same command again to go on"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newIntakeStub(t, func(n int, ids []string, _ http.ResponseWriter) bool {
				if tt.broken(n, ids[0]) {
					panic(http.ErrAbortHandler)
				}
				return false
			})
			code, stdout, stderr := s.importLines(t, linesOf(2500))
			if code != tt.code || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) {
				t.Errorf("exit %d, stdout %s, stderr %s", code, stdout, stderr)
			}
		})
	}
}

// TestImportRefusesWhatNoRequestCanHold keeps a broken or huge line from spoiling the others.
func TestImportRefusesWhatNoRequestCanHold(t *testing.T) {
	s := newIntakeStub(t, nil)
	huge := `{"id":"h","note":"` + strings.Repeat("x", 1<<20) + `"}`
	code, stdout, stderr := s.importLines(t, []string{line("PatentGranted", "a"), `{"id":"b",}`, "[", huge, line("PatentGranted", "c")})
	if code != exitRefused || !strings.Contains(stdout, "2 new, 0 already recorded, 3 refused") {
		t.Errorf("exit %d, stdout %s, stderr %s", code, stdout, stderr)
	}
	for _, want := range []string{"row 2: not JSON: something is wrong at byte 11", "row 3: not JSON", "row 4: this event has more than 1048576 bytes"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr lacks %q:\n%s", want, stderr)
		}
	}
	if diff := cmp.Diff([][]string{{"a", "c"}}, s.batches); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
}
