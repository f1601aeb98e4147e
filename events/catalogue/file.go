package catalogue

import (
	"errors"
	"io"
	"io/fs"

	"github.com/kaohe/kaohe/events"
)

// MaxFile bounds a file of a plan, in bytes.
const MaxFile = 1 << 20

// MaxNesting bounds how deeply the values of a plan's file may be nested. Plans that people write come to ten or so; the
// cost of reading a file grows with the square of its depth.
const MaxNesting = 64

// MaxMistakes is how many mistakes of one file are listed.
const MaxMistakes = 100

// Why a file of a plan is not read, though it is there.
var (
	ErrNotRegular = errors.New("it is not a regular file")
	ErrTooLarge   = errors.New("it is larger than 1 MiB")
)

// ReadFile reads a file of a plan. Only a regular file is opened, for a pipe would keep its reader waiting and a device may
// never end: anything else is [ErrNotRegular]. A file of more than MaxFile bytes is [ErrTooLarge].
func ReadFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, ErrNotRegular
	case info.Size() > MaxFile:
		return nil, ErrTooLarge
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxFile+1)) // it may have grown since
	if err == nil && len(text) > MaxFile {
		err = ErrTooLarge
	}
	return text, err
}

// Unreadable says in a mistake why [ReadFile] failed.
func Unreadable(err error) events.Text {
	switch {
	case errors.Is(err, ErrNotRegular):
		return want("this is not a regular file", "不是普通文件")
	case errors.Is(err, ErrTooLarge):
		return want("the file is larger than 1 MiB", "文件超过 1 MiB")
	}
	return want("cannot be read: "+reason(err), "无法读取:"+reason(err))
}

// reason leaves the path out of an error, which the mistake names anyway.
func reason(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err.Error()
	}
	return err.Error()
}
