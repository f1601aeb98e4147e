package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/deploy"
)

// What `kaohe init --deploy` writes is all there is in deploy/ for an operator: no file that somebody adds stays behind unseen.
func TestInitWritesAllThatIsDeployed(t *testing.T) {
	written := deploy.Operation()
	// An image is built from the source, the plan is written by init itself, the others only test.
	apart := map[string]bool{"plan": true, "container": true, "e2e": true, "monitoring": true, "prometheus/tests": true, "alertmanager/tests": true}
	n := 0
	err := fs.WalkDir(os.DirFS("../../deploy"), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && apart[name]:
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) == ".go" || strings.HasPrefix(path.Base(name), "."):
			return nil
		}
		if _, err := fs.Stat(written, name); err != nil {
			t.Errorf("%s is not written out: add it to deploy/embed.go", name)
		}
		n++
		return nil
	})
	if err != nil || n < 20 {
		t.Errorf("%d files, %v", n, err)
	}
	err = fs.WalkDir(written, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && (path.Ext(name) == ".go" || strings.Contains(name, "tests/")) {
			t.Errorf("%s is written out, and nobody needs it", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A file where a directory should be is called what it is, not "these files exist already".
func TestInitBelowAFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := invoke(t, nil, "init", "--deploy", filepath.Join(dir, "file", "ops"), "--lang", "en")
	if code != exitFailed || strings.Contains(stderr, "--force") || !strings.Contains(stderr, "not a directory") {
		t.Errorf("exit %d, %s", code, stderr)
	}
}

// A file within it is in the way, too, and nothing is written before it is known.
func TestInitAroundAFile(t *testing.T) {
	for _, name := range []string{"grafana", "prometheus/rules"} {
		dir := t.TempDir()
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		code, _, stderr := invoke(t, nil, "init", "--deploy", "--force", dir, "--lang", "en")
		if code != exitFailed || !strings.Contains(stderr, file+" is a file where a directory is to be, nothing was changed") {
			t.Errorf("exit %d, %s", code, stderr)
		}
		if written, err := os.ReadDir(dir); err != nil || len(written) != 1 {
			t.Errorf("%s: %d files were written (%v)", name, len(written)-1, err)
		}
	}
}
