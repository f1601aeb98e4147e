package eventtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
)

// patience bounds what a test waits for; nothing takes that long unless it hangs.
const patience = 2 * time.Minute

// Context returns a context that ends when whatever the test waits for will not come any more.
func Context(tb testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	tb.Cleanup(cancel)
	return ctx
}

// Batch returns the body of a commit with n lines that are JSON objects of about the given size, told apart by tag.
func Batch(tag string, n, size int) []byte {
	lines := make([][]byte, n)
	for i := range lines {
		line := fmt.Sprintf(`{"specversion":"1.0","id":"%s-%d","pad":"`, tag, i)
		lines[i] = []byte(line + strings.Repeat(".", max(0, size-len(line)-2)) + `"}`)
	}
	return events.AppendBatch(nil, lines)
}

// MustAppend appends a commit or ends the test.
func MustAppend(tb testing.TB, log events.Log, head events.Head, id string, body []byte) events.Commit {
	tb.Helper()
	c, err := log.Append(Context(tb), head, id, body)
	if err != nil {
		tb.Fatalf("Append(after %d, %q) failed: %v", head.Seq, id, err)
	}
	return c
}

// MustFill appends n commits with the ids c1, c2, ... to a log that ends at head, and returns them.
func MustFill(tb testing.TB, log events.Log, head events.Head, n int) []events.Commit {
	tb.Helper()
	commits := make([]events.Commit, n)
	for i := range commits {
		id := fmt.Sprintf("c%d", head.Seq+1)
		commits[i] = MustAppend(tb, log, head, id, Batch(id, 3, 100))
		head = commits[i].Head()
	}
	return commits
}

// MustRead returns the commits after one sequence up to another, as a reader gets them, or ends the test.
func MustRead(tb testing.TB, log events.Log, after, to uint64) []events.Commit {
	tb.Helper()
	var commits []events.Commit
	done := errors.New("read enough")
	if to <= after {
		return nil
	}
	err := log.Read(Context(tb), after, func(c events.Commit) error {
		c.Body = append([]byte(nil), c.Body...)
		commits = append(commits, c)
		if c.Seq >= to {
			return done
		}
		return nil
	})
	if !errors.Is(err, done) {
		tb.Fatalf("Read(after %d) got %d commits, then: %v", after, len(commits), err)
	}
	return commits
}

// MustEnd returns the end of the log or ends the test.
func MustEnd(tb testing.TB, log events.Log) uint64 {
	tb.Helper()
	end, err := log.End(Context(tb))
	if err != nil {
		tb.Fatalf("End() failed: %v", err)
	}
	return end
}

// MustChain reads the whole log and ends the test unless each commit follows the one before and no id comes twice. It
// returns the commits.
func MustChain(tb testing.TB, log events.Log) []events.Commit {
	tb.Helper()
	commits := MustRead(tb, log, 0, MustEnd(tb, log))
	var head events.Head
	seen := make(map[string]uint64)
	for i := range commits {
		c := &commits[i]
		if !c.Follows(head) {
			tb.Fatalf("commit %d (%q, prev %s) does not follow commit %d (%s)", c.Seq, c.ID, c.Prev, head.Seq, head.HashHex())
		}
		if first, twice := seen[c.ID]; twice {
			tb.Fatalf("commit %q stands at %d and at %d", c.ID, first, c.Seq)
		}
		seen[c.ID] = c.Seq
		head = c.Head()
	}
	return commits
}
