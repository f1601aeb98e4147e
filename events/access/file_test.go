package access_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events/access"
)

func TestOnlyHashesAreKept(t *testing.T) {
	file := path(t)
	s := open(t, file, newClock().now)
	secret, _ := mustCreate(t, s, access.NewToken{Org: access.Everywhere, Can: access.All})
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(filepath.Dir(file), e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(secret[len("kaohe_aaaaaaaa_"):])) {
			t.Errorf("%s holds the secret", e.Name())
		}
		if info, err := e.Info(); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o600) {
			t.Errorf("%s has mode %v, want 0600", e.Name(), info.Mode())
		}
	}
}

// TestNobodyGetsInWithoutTheFile: whatever becomes of the file, nobody is let in who was not before, and what is wrong is said.
func TestNobodyGetsInWithoutTheFile(t *testing.T) {
	for _, tt := range []struct {
		name string
		harm func(file string) error
		gone bool
	}{
		{"removed", os.Remove, true},
		{"emptied", func(f string) error { return os.WriteFile(f, nil, 0o600) }, false},
		{"cut short", func(f string) error { return os.Truncate(f, 40) }, false},
		{"no tokens left in it", func(f string) error { return os.WriteFile(f, []byte(`{"version":1,"tokens":[]}`), 0o600) }, false},
		{"of a later version", func(f string) error { return os.WriteFile(f, []byte(`{"version":2,"tokens":[]}`), 0o600) }, false},
		{"a directory in its place", func(f string) error { return errors.Join(os.Remove(f), os.Mkdir(f, 0o700)) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := path(t)
			daemon := open(t, file, newClock().now)
			secret, _ := mustCreate(t, daemon, access.NewToken{Org: access.Everywhere, Can: access.All})
			if err := tt.harm(file); err != nil {
				t.Fatal(err)
			}
			for name, s := range map[string]*access.Store{"running": daemon, "started anew": open(t, file, newClock().now)} {
				var unreadable *access.UnreadableError
				if _, err := s.Authenticate(secret); !errors.As(err, &unreadable) || unreadable.Gone != tt.gone || unreadable.File != file {
					t.Errorf("%s: Authenticate() = %v, want an UnreadableError", name, err)
				}
				if _, ok := s.Principal("all"); ok || !s.Guarded() || !errors.Is(s.Problem(), access.ErrUnreadable) {
					t.Errorf("%s: Principal() %t, Guarded() %t, Problem() %v", name, ok, s.Guarded(), s.Problem())
				}
			}
			_, _, err := daemon.Create(access.NewToken{Org: "450703", Can: access.Emit, Random: rand.Reader})
			if _, old := daemon.Authenticate(secret); tt.gone != (err == nil) || old == nil {
				t.Errorf("Create() = %v, want one only if the file is gone; the old token: %v", err, old)
			}
		})
	}
}

func TestFileThatComesBackLetsInAgain(t *testing.T) {
	file := path(t)
	s := open(t, file, newClock().now)
	secret, _ := mustCreate(t, s, access.NewToken{Org: "450703", Can: access.Emit})
	for _, harm := range []func() error{
		func() error { return os.Rename(file, file+".away") },
		func() error { return errors.Join(os.Rename(file, file+".away"), os.Mkdir(file, 0o700)) },
	} {
		if err := harm(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Authenticate(secret); !errors.Is(err, access.ErrUnreadable) {
			t.Fatalf("without the file: %v", err)
		}
		_ = os.Remove(file)
		if _, err := s.Authenticate(secret); !errors.Is(err, access.ErrUnreadable) {
			t.Fatalf("still without the file: %v", err)
		}
		if err := os.Rename(file+".away", file); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Authenticate(secret); err != nil {
			t.Errorf("with the file back: %v", err)
		}
	}
}

const sample = `{"version":1,"tokens":[{"id":"7hq2mzt4","name":"qinnan","org":"450703","can":["emit","read"],
 "created":"2018-03-01T01:00:00Z","expires":"2018-12-31T16:00:00Z","sha256":"%s"}]}`

// FuzzFile: whatever is in the file, it is read or refused, and what is read is written so that it is read the same.
func FuzzFile(f *testing.F) {
	good := fmt.Sprintf(sample, strings.Repeat("0a", 32))
	f.Add([]byte(good))
	for _, r := range [][2]string{
		{`"version":1`, `"version":1,"more":0`}, {`"id":"7hq2mzt4"`, `"id":"7hq2mzt4","id":"aaaaaaaa"`}, {"7hq2mzt4", "7HQ2MZT4"}, {`"read"`, `"write"`},
		{"0a0a", "0A0a"}, {"0a0a", ""}, {"qinnan", ""}, {"450703", " "}, {"2018-03", "0001-01"}, {"]}", "]}x"},
	} {
		f.Add([]byte(strings.Replace(good, r[0], r[1], 1)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		once, err := access.Decode(b)
		if err != nil {
			return
		}
		twice, err := access.Decode(once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%q is written as %q, and that as %q (%v)", b, once, twice, err)
		}
	})
}

func TestFileIsReadStrictly(t *testing.T) {
	good := fmt.Sprintf(sample, strings.Repeat("0a", 32))
	if _, err := access.Decode([]byte(good)); err != nil {
		t.Fatal(err)
	}
	twice := strings.Replace(good, `"tokens":[`, `"tokens":[`+good[strings.Index(good, `[{`)+1:len(good)-2]+",", 1)
	for name, b := range map[string]string{
		"a member that nobody knows": strings.Replace(good, `"version":1`, `"version":1,"open":true`, 1),
		"a member twice":             strings.Replace(good, `"org":`, `"org":"*","org":`, 1),
		"a token twice":              twice,
		"an ability that is none":    strings.Replace(good, `"read"`, `"write"`, 1),
		"no abilities":               strings.Replace(good, `"emit","read"`, ``, 1),
		"no hash":                    strings.Replace(good, strings.Repeat("0a", 32), "", 1),
		"a short hash":               strings.Replace(good, strings.Repeat("0a", 32), "0a", 1),
		"a long hash":                strings.Replace(good, strings.Repeat("0a", 32), strings.Repeat("0a", 33), 1),
		"no org":                     strings.Replace(good, `"org":"450703",`, ``, 1),
		"no time":                    strings.Replace(good, `"created":"2018-03-01T01:00:00Z",`, ``, 1),
		"an id that is none":         strings.Replace(good, "7hq2mzt4", "0", 1),
		"something behind it":        good + "{}",
	} {
		if b == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := access.Decode([]byte(b)); err == nil {
			t.Errorf("%s: Decode() = nil, want an error", name)
		}
	}
}
