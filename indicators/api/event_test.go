package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
	"github.com/kaohe/kaohe/projections"
)

func TestEventsByPositionAndIdentity(t *testing.T) {
	const line = `{"specversion":"1.0","id":"a/b","source":"s"}`
	opts := options(t, mustFold(t))
	opts.Find = func(k events.Key) (events.Position, bool) { return events.At(12, 3), k == events.KeyOf("s", "a/b") }
	opts.Event = func(_ context.Context, at events.Position) ([]byte, error) {
		switch at {
		case events.At(12, 3):
			return []byte(line), nil
		case events.At(13, 0):
			return nil, errors.New("the log is away")
		}
		return nil, fmt.Errorf("event %v: %w", at, events.ErrNotFound)
	}
	for _, tt := range []struct {
		path   string
		status int
		say    string // code and words of a problem; empty for the event
	}{
		{"12-3", http.StatusOK, ""},
		{"by-id?source=s&id=a%2Fb", http.StatusOK, ""},
		{"12-4", http.StatusNotFound, "no_event: No event stands at 12-4."},
		{"13-0", http.StatusServiceUnavailable, "unavailable: the log cannot be reached"},
		{"12", http.StatusBadRequest, `parameter: position: expected a position like 12-0, got "12"`},
		{"by-id?source=s&id=c", http.StatusNotFound, "no_event: No event has source s and id c."},
		{"by-id?source=s", http.StatusBadRequest, "parameter: id: expected exactly one value"},
		{"by-id?source=s&id=c&id=d", http.StatusBadRequest, "parameter: id: expected exactly one value"},
		{"by-id?source=s&id=c&org=1", http.StatusBadRequest, "parameter: org: expected the parameters source and id"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			rec := ask(t, opts, "/v1/events/"+tt.path, "en")
			if rec.Code != tt.status {
				t.Fatalf("status %d, want %d: %s", rec.Code, tt.status, rec.Body)
			}
			if tt.say == "" {
				h := rec.Header()
				if rec.Body.String() != line+"\n" || h.Get("Content-Type") != "application/cloudevents+json" || h.Get("Content-Location") != "/v1/events/12-3" {
					t.Errorf("body %q, headers %v", rec.Body, h)
				}
				return
			}
			var p api.Problem
			if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || !strings.HasPrefix(p.Code+": "+p.Detail, tt.say) {
				t.Errorf("problem %+v, %v, want %q", p, err, tt.say)
			}
		})
	}
}

// TestEventsAreNotMissingWhileTheLogIsRead: what has not been read yet must not be said not to exist.
func TestEventsAreNotMissingWhileTheLogIsRead(t *testing.T) {
	opts := options(t, mustFold(t))
	opts.Figures = func() (*projections.View, *indicators.Plan) { return nil, nil }
	opts.End = func(context.Context) (uint64, error) { return 9, nil } // never reached
	rec := ask(t, opts, "/v1/events/by-id?source=s&id=i", "en")
	if rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), `"not_ready"`) {
		t.Errorf("status %d, %s, want 503 not_ready", rec.Code, rec.Body)
	}
}

func TestLastingProblemsAreNotAskedAgain(t *testing.T) {
	opts := options(t, mustFold(t))
	for _, lasting := range []bool{false, true} {
		rec := ask(t, opts, "/v1/catalogue", "")
		p := api.NewProblem(http.StatusServiceUnavailable, "read_only", events.Text{}, events.Text{}, events.English)
		p.Lasting = lasting
		p.Write(rec, events.English)
		if got := rec.Header().Get("Retry-After") == ""; got != lasting {
			t.Errorf("lasting %v: Retry-After %q", lasting, rec.Header().Get("Retry-After"))
		}
	}
}
