package natslog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Where the log stands in JetStream, and what a commit is called there. All of it is for ever: the path of the store
// contains account and stream.
const (
	Account = "KAOHE"
	Stream  = "KAOHE_LOG"
	Subject = "kaohe.commit.v1"

	HeaderCommit = "Kaohe-Commit" // the commit's id
	HeaderPrev   = "Kaohe-Prev"   // hash of the commit before it, in hex
)

// streamConfig is the stream as it must be. Every field that the server would fill in is written out, so that it can be
// compared. Duplicates is small because the server scans that much at each start; nobody uses it.
func streamConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:              Stream,
		Subjects:          []string{Subject},
		Retention:         jetstream.LimitsPolicy,
		Discard:           jetstream.DiscardOld,
		Storage:           jetstream.FileStorage,
		Replicas:          1,
		MaxConsumers:      -1,
		MaxMsgs:           -1,
		MaxBytes:          -1,
		MaxMsgSize:        -1,
		MaxMsgsPerSubject: -1,
		Duplicates:        100 * time.Millisecond,
		AllowDirect:       true,
		DenyDelete:        true,
		DenyPurge:         true,
	}
}

// ensureStream finds the stream as it must be, or makes it if there has never been one.
func ensureStream(ctx context.Context, js jetstream.JetStream, dir string, existed bool) (jetstream.Stream, error) {
	s, err := js.Stream(ctx, Stream)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound) && existed:
		return nil, &DamageError{Dir: dir, Reason: streamDir + " is there, but the server cannot recover it; its errors say why"}
	case errors.Is(err, jetstream.ErrStreamNotFound):
		if s, err = js.CreateStream(ctx, streamConfig()); err != nil {
			return nil, fmt.Errorf("create stream %s: %w", Stream, err)
		}
	case err != nil:
		return nil, fmt.Errorf("look up stream %s: %w", Stream, err)
	}
	if diffs := differences(s.CachedInfo().Config, streamConfig()); len(diffs) > 0 {
		return nil, fmt.Errorf("%w: stream %s differs: %s", ErrForeign, Stream, strings.Join(diffs, "; "))
	}
	return s, nil
}

// differences compares two configurations field by field, as they stand in the API.
func differences(got, want jetstream.StreamConfig) []string {
	g, w := fields(got), fields(want)
	var diffs []string
	for name := range g {
		if _, ok := w[name]; !ok {
			diffs = append(diffs, fmt.Sprintf("%s is %s, want none", name, g[name]))
		}
	}
	for name := range w {
		if g[name] != w[name] {
			diffs = append(diffs, fmt.Sprintf("%s is %s, want %s", name, orNone(g[name]), w[name]))
		}
	}
	slices.Sort(diffs)
	return diffs
}

func fields(c jetstream.StreamConfig) map[string]string {
	c.Metadata = nil // the server notes its own version there
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // a struct of plain fields
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		panic(err)
	}
	out := make(map[string]string, len(raw))
	for name, v := range raw {
		out[name] = string(v)
	}
	return out
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
