package fr.socles.testing.junit;

import fr.socles.testing.Severity;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test a workspace of its own; see {@link SoclesExtension}. On a method it says what is different there from the
 * class.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(SoclesExtension.class)
public @interface SoclesTest {
    /**
     * The least severity of a finding that makes a test fail, though all its assertions hold. Not said: the setting
     * {@code socles.fail-on}, or never.
     *
     * @return one severity, or none
     */
    Severity[] failOn() default {};

    /**
     * Rules that the tests break on purpose: {@link #failOn} does not count them. Those of method and class add up.
     *
     * @return ids of rules
     */
    String[] allow() default {};

    /**
     * How the services judge: {@code official} refuses as the real service would, {@code lenient} only reports.
     *
     * @return the strictness; empty: official
     */
    String strictness() default "";

    /**
     * A snapshot on the installation that each workspace begins with.
     *
     * @return its name, or {@code workspace/name}; empty for none
     */
    String seedFrom() default "";
}
