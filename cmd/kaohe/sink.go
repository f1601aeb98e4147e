package main

import (
	"errors"
	"io"
	"syscall"
	"unicode/utf8"
)

// sink is standard output. It remembers the first write that failed, so that commands need not look at each one, and
// writes nothing after it: half an answer must not end in exit code 0.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(b)
	s.err = err
	return n, err
}

// beneath returns what a sink writes to; anything else is returned as it is.
func beneath(w any) any {
	if s, ok := w.(*sink); ok {
		return s.w
	}
	return w
}

// unwritten is the error of a command whose output did not arrive. Who closes a pipe early, as head does, has seen
// enough: that is no reason to complain.
func (c *cli) unwritten(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return silentError{err}
	}
	return c.errorf("无法写出结果: %w", "cannot write the output: %w", err)
}

// readable refuses arguments that are not UTF-8. JSON would put U+FFFD in the place of each bad byte, and different facts
// would become the same one.
func (c *cli) readable(args []string) error {
	for i, arg := range args {
		if !utf8.ValidString(arg) {
			return c.usagef("第 %d 个参数 %q 不是 UTF-8 文字\n  终端或脚本可能用了 GBK 编码: 请改用 UTF-8（如 LC_ALL=zh_CN.UTF-8），或先用 iconv -f GBK -t UTF-8 转换",
				"argument %d, %q, is not UTF-8 text\n  the terminal or the script may use GBK: set it to UTF-8 (such as LC_ALL=zh_CN.UTF-8), or convert with iconv -f GBK -t UTF-8", i+1, arg)
		}
	}
	return nil
}
