//go:build unix

package access_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/kaohe/kaohe/events/access"
)

// TestFilesBelongToTheDirectorysOwner: a daemon that is not root can read what root makes.
func TestFilesBelongToTheDirectorysOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	file := path(t)
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	const uid, gid = 12345, 12346
	if err := os.Chown(filepath.Dir(file), uid, gid); err != nil {
		t.Fatal(err)
	}
	s := open(t, file, newClock().now)
	for range 2 {
		mustCreate(t, s, access.NewToken{Org: "450703", Can: access.Emit})
		for _, name := range []string{file, file + ".lock"} {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if st := info.Sys().(*syscall.Stat_t); st.Uid != uid || st.Gid != gid {
				t.Errorf("%s belongs to %d:%d, want %d:%d", name, st.Uid, st.Gid, uid, gid)
			}
		}
	}
}
