package main

import (
	"io"
	"os"
	"runtime"
	"strings"
)

// maxToken bounds a token in bytes.
const maxToken = 4096

// accessToken returns the token that says who asks; empty: nobody. It never comes from the command line, which others can read.
func (c *cli) accessToken(conn connection) (string, error) {
	file := conn.tokenFile
	if file == "" {
		if token := strings.TrimSpace(c.env("KAOHE_TOKEN")); token != "" {
			return token, c.goodToken(token, "KAOHE_TOKEN")
		}
		file = c.env("KAOHE_TOKEN_FILE")
	}
	if file == "" {
		return "", nil
	}
	f, err := os.Open(file)
	if err != nil {
		return "", c.errorf("读不了令牌文件: %w", "cannot read the file of the token: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		c.line(c.stderr, c.sayf("注意: 令牌文件 %[1]s 别的用户也能读；请执行 chmod 600 %[1]s", "warning: other users can read the file of the token, %[1]s; run chmod 600 %[1]s", file))
	}
	b, err := io.ReadAll(io.LimitReader(f, maxToken+1))
	if err != nil {
		return "", c.errorf("读不了令牌文件: %w", "cannot read the file of the token: %w", err)
	}
	token := strings.TrimSpace(string(b))
	return token, c.goodToken(token, file)
}

// goodToken refuses what cannot be a token, and does not say what it is: it may be another secret.
func (c *cli) goodToken(token, from string) error {
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	if token == "" || len(token) > maxToken || strings.ContainsFunc(token, odd) {
		return c.errorf("%s 里不是令牌: 应为一行，如 kaohe_…", "%s holds no token: expected one line like kaohe_...", from)
	}
	return nil
}
