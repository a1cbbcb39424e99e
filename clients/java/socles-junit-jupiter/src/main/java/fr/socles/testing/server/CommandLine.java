package fr.socles.testing.server;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command as people write it in a setting. */
final class CommandLine {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    private CommandLine() {}

    /** Words, those with spaces in double quotes: a Windows path has both spaces and backslashes. */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            words.add(word.group(1) != null ? word.group(1) : word.group(2));
        }
        return words;
    }
}
