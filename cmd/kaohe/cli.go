package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// The exit codes.
const (
	exitDone = iota
	exitFailed
	exitUsage
	exitRefused
)

// cli is what all commands share: where they read and write, and how they speak.
type cli struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) string
	lang           events.Lang
	color          bool // stdout takes colours and lines; otherwise plain text
}

// widths makes widths not hang on the locale of whoever runs us: ambiguous characters take one column, as terminals do it.
var widths = sync.OnceFunc(func() { text.OverrideRuneWidthEastAsianWidth(false) })

// run executes one command line and returns the exit code. When ctx ends, a command that serves stops in order.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string) int {
	widths()
	out := &sink{w: stdout}
	c := &cli{stdin: stdin, stdout: out, stderr: stderr, env: env, lang: language(args, env)}
	err := c.readable(args)
	if err == nil {
		root := c.root()
		root.SetArgs(args)
		err = root.ExecuteContext(ctx)
	}
	if out.err != nil && (err == nil || errors.Is(err, out.err)) {
		err = c.unwritten(out.err)
	}
	if err == nil {
		return exitDone
	}
	var silent silentError
	if !errors.As(err, &silent) {
		fmt.Fprintf(stderr, "kaohe: %s\n", c.words(err))
	}
	var coded codedError
	if errors.As(err, &coded) {
		return coded.code
	}
	return exitFailed
}

// codedError is an error that decides the exit code.
type codedError struct {
	code int
	error
}

func (e codedError) Unwrap() error { return e.error }

// silentError is one that was shown already.
type silentError struct{ error }

func (e silentError) Unwrap() error { return e.error }

// refused ends a command that has shown why what it was given is not valid.
func refused() error {
	return codedError{exitRefused, silentError{errors.New("refused")}}
}

// say returns a sentence in the user's language.
func (c *cli) say(zh, en string) string {
	return events.Text{ZH: zh, EN: en}.In(c.lang)
}

// sayf returns a sentence made of a format; both formats take the same arguments.
func (c *cli) sayf(zh, en string, args ...any) string {
	return fmt.Sprintf(c.say(zh, en), args...)
}

// line writes one line for people. What it shows of events and plans cannot make it two, nor move the cursor.
func (c *cli) line(w io.Writer, s string) {
	fmt.Fprintln(w, indicators.Visible(s))
}

// errorf returns an error in the user's language; %w keeps its cause.
func (c *cli) errorf(zh, en string, args ...any) error {
	return fmt.Errorf(c.say(zh, en), args...)
}

// usagef returns an error of wrong usage.
func (c *cli) usagef(zh, en string, args ...any) error {
	return codedError{exitUsage, c.errorf(zh, en, args...)}
}

// width returns how many columns the terminal has that stdout goes to, or 0 if it goes elsewhere.
func (c *cli) width() int {
	f, ok := beneath(c.stdout).(*os.File)
	if !ok || !terminal(f) {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// terminal tells whether w is one. The null device is a character device too, but nobody looks at it.
func terminal(w any) bool {
	f, ok := beneath(w).(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}
