package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// broken takes some bytes and then fails.
type broken struct {
	room int
	err  error
}

func (b *broken) Write(p []byte) (int, error) {
	if len(p) <= b.room {
		b.room -= len(p)
		return len(p), nil
	}
	return b.room, b.err
}

func TestOutputThatDoesNotArriveIsAFailure(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"a full disk", syscall.ENOSPC, "kaohe: cannot write the output: " + syscall.ENOSPC.Error() + "\n"},
		{"a pipe that was closed", fmt.Errorf("write: %w", syscall.EPIPE), ""},
	} {
		for _, args := range [][]string{{"version"}, {"version", "-o", "json"}, {"gaps", "--help"}, {"demo", "--once"}} {
			t.Run(tt.name+" "+strings.Join(args, " "), func(t *testing.T) {
				var errs bytes.Buffer
				code := run(context.Background(), args, strings.NewReader(""), &broken{20, tt.err}, &errs, func(string) string { return "" })
				if code != exitFailed || errs.String() != tt.want {
					t.Errorf("exit %d, stderr %q, want exit %d and %q", code, errs.String(), exitFailed, tt.want)
				}
			})
		}
	}
}
