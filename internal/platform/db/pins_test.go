// The SQLite driver works only with the libc it was generated for.
package db_test

import (
	"os"
	"regexp"
	"testing"
)

func TestLibcIsTheDriversOwn(t *testing.T) {
	mod, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	// modernc.org/sqlite v1.60.1 requires modernc.org/libc v1.77.1; other modules ask
	// for a later one, so the replace line must hold it back.
	if !regexp.MustCompile(`(?m)^\s*modernc\.org/sqlite v1\.60\.1$`).Match(mod) {
		t.Error("the driver changed: look up its libc and change both lines of this test")
	}
	if !regexp.MustCompile(`(?m)^replace modernc\.org/libc => modernc\.org/libc v1\.77\.1$`).Match(mod) {
		t.Error("go.mod must hold modernc.org/libc at v1.77.1")
	}
}
