package intake_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/intake"
)

// A request that is refused wholly because its sender may not record it says so by its status.
func TestStatusOfWhoMayNot(t *testing.T) {
	r := start(t, memory())
	r.emit(t, training("old", 1))
	script := access.Principal{Name: "script", Org: "450703", Can: access.Emit}
	foreign := training("a", 1, `"org":"450700"`)
	for _, tt := range []struct {
		name   string
		by     access.Principal
		raw    [][]byte
		atomic string
		status int
	}{
		{"all of it", script, [][]byte{foreign, foreign}, "", 403},
		{"some of it", script, [][]byte{foreign, training("b", 1)}, "", 207},
		{"some of it, atomic", script, [][]byte{foreign, training("c", 1)}, "?atomic=true", 403},
		{"and other things", script, [][]byte{foreign, training("old", 2)}, "", 422},
		{"nobody", access.Principal{Name: "nobody"}, [][]byte{training("d", 1)}, "", 403},
	} {
		if status, _, body := do(t, r.Handler(), call{by: tt.by, query: tt.atomic, contentType: intake.MediaBatch, body: batch(tt.raw...)}); status != tt.status {
			t.Errorf("%s: status %d, want %d: %s", tt.name, status, tt.status, body)
		}
	}
}

func TestHandlerSaysWhenToComeBack(t *testing.T) {
	tests := []struct {
		name   string
		err    error
		status int
		code   string
		retry  string
	}{
		{"no space", events.ErrFull, 507, "full", ""},
		{"nobody knows", fmt.Errorf("commit 7: %w", events.ErrUnknown), 503, "unknown_outcome", "1"},
		{"something else", errors.New("secret internals of /var/lib"), 500, "internal", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var logged bytes.Buffer
			g := newGate()
			r := start(t, g, func(o *intake.Options) { o.Logger = slog.New(slog.NewTextHandler(&logged, nil)) })
			go func() { g.pass <- tt.err }()
			status, header, body := do(t, r.Handler(), call{contentType: intake.MediaEvent, language: "zh", body: training("very-secret-id", 1)})
			var p intake.Problem
			if err := json.Unmarshal(body, &p); err != nil {
				t.Fatal(err)
			}
			if status != tt.status || p.Code != tt.code || header.Get("Retry-After") != tt.retry {
				t.Errorf("status %d, code %s, Retry-After %q, want %d, %s, %q", status, p.Code, header.Get("Retry-After"), tt.status, tt.code, tt.retry)
			}
			if bytes.Contains(body, []byte("secret")) || header.Get("Content-Language") != "zh" {
				t.Errorf("body %s, language %s", body, header.Get("Content-Language"))
			}
			r.stop()
			if s := logged.String(); !strings.Contains(s, tt.err.Error()) || strings.Contains(s, "very-secret-id") {
				t.Errorf("logged %s, want the error and nothing of the event", s)
			}
		})
	}
}
