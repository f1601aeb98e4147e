package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInputsByPatterns(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.csv", "b.csv", "c.xlsx", "d[1].csv"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name     string
		args     []string
		patterns bool
		want     []string
		err      string
	}{
		{"files as they are", []string{"b.csv", "a.csv"}, false, []string{"b.csv", "a.csv"}, ""},
		{"a pattern", []string{"*.csv"}, true, []string{"a.csv", "b.csv", "d[1].csv"}, ""},
		{"a pattern where the shell knows them", []string{"*.csv"}, false, nil, "there is no file"},
		{"a name that looks like a pattern", []string{"d[1].csv"}, true, []string{"d[1].csv"}, ""},
		{"a pattern of nothing", []string{"*.ods"}, true, nil, "no file matches"},
		{"a file that two patterns match", []string{"a.*", "*.csv"}, true, nil, "given twice"},
		{"a directory", []string{""}, false, nil, "is a directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := make([]string, len(tt.args))
			for i, arg := range tt.args {
				args[i] = filepath.Join(dir, arg)
			}
			names, err := (&cli{lang: "en"}).inputs(args, tt.patterns)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			for i := range names {
				names[i] = filepath.Base(names[i])
			}
			if diff := cmp.Diff(tt.want, names); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestSeenNamesTheFirstRow(t *testing.T) {
	s := newSeen()
	if _, _, ok := s.first("s", "a", []byte("x"), rowRef{"甲", 3}); ok {
		t.Error("the first one was seen before")
	}
	s.first("s", "b", []byte("x"), rowRef{"乙", 2})
	if before, same, ok := s.first("s", "a", []byte("x"), rowRef{"乙", 9}); !ok || !same || before != (rowRef{"甲", 3}) {
		t.Errorf("the second one: %v, same %v, %v", before, same, ok)
	}
	if before, same, ok := s.first("s", "a", []byte("y"), rowRef{"乙", 10}); !ok || same || before.number != 3 {
		t.Errorf("one that says something else: %v, same %v, %v", before, same, ok)
	}
	if _, _, ok := s.first("t", "a", nil, rowRef{"乙", 11}); ok {
		t.Error("another source was seen before")
	}
	if _, _, ok := s.first("t", "", nil, rowRef{"乙", 12}); ok {
		t.Error("one without an id was seen before")
	}
	if row, ok := s.find("s", "b"); !ok || row != (rowRef{"乙", 2}) {
		t.Errorf("find: %v, %v", row, ok)
	}
}

func TestHelpOfImportAndTemplate(t *testing.T) {
	for _, command := range []string{"import", "template"} {
		for _, lang := range []struct{ flag, heading string }{{"zh", "示例:"}, {"en", "Examples:"}} {
			code, stdout, stderr := invoke(t, nil, command, "--help", "--lang", lang.flag)
			if code != exitDone || stderr != "" || !strings.Contains(stdout, lang.heading) {
				t.Errorf("%s --help --lang %s: exit %d, stderr %q, stdout:\n%s", command, lang.flag, code, stderr, stdout)
			}
			if lang.flag == "en" && strings.IndexFunc(stdout, isHan) >= 0 {
				t.Errorf("%s --help --lang en holds Chinese:\n%s", command, stdout)
			}
		}
	}
}
